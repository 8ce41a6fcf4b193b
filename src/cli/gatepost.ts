#!/usr/bin/env node
import { Command } from 'commander';
import { softwareVersion } from '../version.ts';
import { reportError } from './exit.ts';
import { registerRun } from './run.ts';

async function buildProgram(): Promise<Command> {
  const program = new Command('gatepost')
    .description('The software of an unattended gate kiosk: passes, screening, log, MQTT and two screens.')
    .version(softwareVersion())
    .option('--debug', 'print where an error came from')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride();
  registerRun(program);
  // The daemon lives for years: it does not carry along what only the other commands need.
  if (process.argv[2] !== 'run') {
    const { registerTools } = await import('./tools.ts');
    registerTools(program);
  }
  return program;
}

// `gatepost log tail | head` closes our output early; that is the reader's right, not an error.
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
