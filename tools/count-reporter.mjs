/** Closes a test run with one line, `N passed, N failed, N skipped`, after naming what was skipped and why. */
export default class CountReporter {
  onTestRunEnd(modules, errors) {
    const counts = { passed: 0, failed: errors.length, skipped: 0 };
    const skipped = [];
    for (const module of modules) {
      if (module.state() === 'failed' && module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed' || state === 'failed') counts[state] += 1;
        else {
          counts.skipped += 1;
          skipped.push(test.fullName);
        }
      }
    }
    // After the other reporters' lines, which are written as the run ends.
    process.on('exit', () => {
      if (skipped.length > 0)
        process.stdout.write(`\nSKIPPED:\n${skipped.map((name) => `  ${name}`).join('\n')}\n`);
      process.stdout.write(
        `\n${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}\n`,
      );
    });
  }
}
