import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Commands of the guide that no test can run, with the reason. */
export const NOT_RUN = {
  'nvidia-smi': 'needs a GPU',
  'docker run --rm --gpus all ai-trading-test:v1': 'needs a GPU',
  'docker run --rm --gpus all -e RUN_SLOW_TESTS=1 ai-trading-test:v1': 'needs a GPU',
  'docker run --rm --gpus all nvidia/cuda:12.9.1-runtime-ubuntu24.04 nvidia-smi': 'needs a GPU',
  'netstat -ano | findstr "8050"': 'is for Windows',
};

/** The text of the guide in a language. */
export function guideText(language) {
  return readFileSync(`${DOCS}docker${language === 'en' ? '' : `.${language}`}.md`, 'utf8');
}

/** Every command of a guide once, in the order of its blocks of shell. */
export function commandsOf(guide) {
  const blocks = [...guide.matchAll(/^ *```bash\n(.*?)^ *```$/gms)].map(([, block]) => block);
  const lines = blocks.flatMap((block) => block.split('\n')).map((line) => line.trim());
  return [...new Set(lines.filter((line) => line && !line.startsWith('#')))];
}

/** Notes which commands of the guide were run. */
export class Guide {
  commands = commandsOf(guideText('en'));
  run = new Set();

  /** Says that a command is run; it must stand in the guide as it is. */
  note(command) {
    if (!this.commands.includes(command))
      throw new Error(`expected a command of the guide, was ${JSON.stringify(command)}`);
    this.run.add(command);
    return command;
  }

  /** What nothing has run and no reason excuses. */
  get missing() {
    return this.commands.filter((command) => !this.run.has(command) && !(command in NOT_RUN));
  }
}
