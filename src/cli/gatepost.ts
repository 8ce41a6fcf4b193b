#!/usr/bin/env node
import { Command } from 'commander';
import { softwareVersion } from '../version.ts';
import { registerApply } from './apply.ts';
import { registerBundle } from './bundle.ts';
import { registerConfigCheck } from './config-check.ts';
import { registerConfigSchema } from './config-schema.ts';
import { registerDemo } from './demo.ts';
import { registerDirectory } from './directory.ts';
import { registerDoctor } from './doctor.ts';
import { reportError } from './exit.ts';
import { registerKeygen } from './keygen.ts';
import { registerLogTail } from './log-tail.ts';
import { registerOperator } from './operator.ts';
import { registerPassInspect } from './pass-inspect.ts';
import { registerPassIssue } from './pass-issue.ts';
import { registerPresent } from './present.ts';
import { registerRun } from './run.ts';
import { registerScannerCalibrate } from './scanner-calibrate.ts';
import { registerStandDown } from './stand-down.ts';

function buildProgram(): Command {
  const program = new Command('gatepost')
    .description('The software of an unattended gate kiosk: passes, screening, log, MQTT and two screens.')
    .version(softwareVersion())
    .option('--debug', 'print where an error came from')
    .showHelpAfterError('(--help shows what is possible)')
    .exitOverride();
  registerRun(program);
  registerDemo(program);
  registerPresent(program);
  registerKeygen(program);
  registerPassIssue(program);
  registerPassInspect(program);
  registerDirectory(program);
  registerBundle(program);
  registerApply(program);
  registerLogTail(program);
  registerOperator(program);
  registerScannerCalibrate(program);
  registerStandDown(program);
  registerConfigCheck(program);
  registerConfigSchema(program);
  registerDoctor(program);
  return program;
}

// `gatepost log tail | head` closes our output early; that is the reader's right, not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

const program = buildProgram();
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportError(error, program.opts().debug === true, (line) => {
    console.error(line);
  });
}
