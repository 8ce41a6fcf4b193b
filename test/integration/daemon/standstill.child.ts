import { createInterface } from 'node:readline';
import { StandstillWatch } from '../../../src/adapters/clock/standstill-watch.ts';

// Says when it stood still. `busy MS` on its standard input makes it work that long; it answers every line.
const watch = new StandstillWatch();
watch.onEnd(() => process.stdout.write('stood still\n'));
await watch.start(new AbortController().signal);
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const untilMs = performance.now() + Number(line.split(' ')[1] ?? 0);
  while (performance.now() < untilMs);
  watch.lastEndMs();
  process.stdout.write('answered\n');
}
await watch.stop();
