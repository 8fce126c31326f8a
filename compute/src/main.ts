import { loadComputeConfig } from './config.ts';
import { openServiceLog } from './log.ts';
import { ENGINE_VERSION } from './service/content-hash.ts';
import { createComputeService } from './service/local.ts';
import { ComputeServer } from './service/server.ts';

/** Starts a compute service of its own and prints where it is. */
async function main(): Promise<void> {
  const { host, port, token, threads, cuda, notices, logDirectory } = loadComputeConfig();
  const { say, close } = await openServiceLog(logDirectory);
  for (const notice of notices) say(notice);
  const service = createComputeService({ threads, startsEarly: true, cuda });
  const server = new ComputeServer(service, { token });
  const listening = await server.listen(port, host);
  const stop = () => {
    say('Stopping; tasks under way are done elsewhere or again.');
    server
      .close()
      .then(() => service.close())
      .then(close)
      .then(() => process.exit(0), fail);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  const { device } = await service.describe();
  say(
    `The compute service listens on http://${host}:${listening} (engine ${ENGINE_VERSION}, ${threads} threads, ${device}).`,
  );
}

function fail(problem: unknown): never {
  process.stderr.write(
    `The compute service cannot run.\n${problem instanceof Error ? problem.message : String(problem)}\n`,
  );
  process.exit(1);
}

main().catch(fail);
