import type { Command } from 'commander';
import { registerApply } from './apply.ts';
import { registerBundle } from './bundle.ts';
import { registerClock } from './clock.ts';
import { registerConfigCheck } from './config-check.ts';
import { registerConfigSchema } from './config-schema.ts';
import { registerDemo } from './demo.ts';
import { registerDirectory } from './directory.ts';
import { registerDoctor } from './doctor.ts';
import { registerKeygen } from './keygen.ts';
import { registerLogBegin } from './log-begin.ts';
import { registerLogTail } from './log-tail.ts';
import { registerOperator } from './operator.ts';
import { registerPassInspect } from './pass-inspect.ts';
import { registerPassIssue } from './pass-issue.ts';
import { registerPresent } from './present.ts';
import { registerScannerCalibrate } from './scanner-calibrate.ts';
import { registerStandDown } from './stand-down.ts';

/** Every command but the daemon itself, in the order of `gatepost --help`. */
export function registerTools(program: Command): void {
  registerDemo(program);
  registerPresent(program);
  registerKeygen(program);
  registerPassIssue(program);
  registerPassInspect(program);
  registerDirectory(program);
  registerBundle(program);
  registerApply(program);
  registerLogTail(program);
  registerLogBegin(program);
  registerOperator(program);
  registerClock(program);
  registerScannerCalibrate(program);
  registerStandDown(program);
  registerConfigCheck(program);
  registerConfigSchema(program);
  registerDoctor(program);
}
