// `gatepost log tail` in a process of its own, so that a test can interrupt it.
import { Command } from 'commander';
import { registerLogTail } from '../../../src/cli/site/log-tail.ts';

const program = new Command();
registerLogTail(program);
await program.parseAsync(['log', 'tail', ...process.argv.slice(2)], { from: 'user' });
