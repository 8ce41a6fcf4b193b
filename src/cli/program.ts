import { Command } from 'commander';
import { config } from 'zod';
import { inertLines } from '../core/text/visible.ts';
import { softwareVersion } from '../version.ts';
import { registerCommands } from './commands.ts';
import { reportError } from './exit.ts';

/** Commands that read thousands of messages with the same check. */
const READS_MANY = new Set(['watch', 'conformance']);

async function buildProgram(): Promise<Command> {
  const program = new Command('gatepost')
    .description('The software of an unattended gate kiosk: passes, screening, log, MQTT and two screens.')
    .version(softwareVersion())
    .option('--debug', 'print where an error came from')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride();
  const words = process.argv.slice(2);
  // Compiling the checks costs more than half of what reading a configuration does, and every start pays it.
  config({ jitless: !words.some((word) => READS_MANY.has(word)) });
  await registerCommands(program, words);
  return program;
}

/** Does what the command line asks for. Its exit code is that of the process. */
export async function main(): Promise<void> {
  // Much of what commands print was written by others (log, labels, lists, names of files): nothing of it may act on the
  // terminal.
  for (const name of ['log', 'error'] as const) {
    const print = console[name].bind(console);
    console[name] = (...said: unknown[]) =>
      print(...said.map((one) => (typeof one === 'string' ? inertLines(one) : one)));
  }

  // `gatepost log tail | head` closes our output early, which is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });

  const program = await buildProgram();
  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = reportError(error, program.opts().debug === true, (line) => {
      console.error(line);
    });
  }
}
