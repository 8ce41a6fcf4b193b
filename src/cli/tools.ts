import type { Command } from 'commander';
import { registerApply } from './bundle/apply.ts';
import { registerBundle } from './bundle/commands.ts';
import { registerDemo } from './demo/demo.ts';
import { registerPresent } from './demo/present.ts';
import { registerDirectory } from './directory/commands.ts';
import { registerKeygen } from './keygen.ts';
import { registerPassInspect } from './pass/inspect.ts';
import { registerPassIssue } from './pass/issue.ts';
import { registerClock } from './site/clock.ts';
import { registerConfigCheck } from './site/config-check.ts';
import { registerConfigSchema } from './site/config-schema.ts';
import { registerDoctor } from './site/doctor.ts';
import { registerLogBegin } from './site/log-begin.ts';
import { registerLogTail } from './site/log-tail.ts';
import { registerOperator } from './site/operator.ts';
import { registerScannerCalibrate } from './site/scanner-calibrate.ts';
import { registerStandDown } from './site/stand-down.ts';

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
