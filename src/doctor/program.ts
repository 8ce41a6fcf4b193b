import { messageOf } from '../core/errors.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

export interface ProgramFacts {
  /** `process.versions.node` */
  readonly node: string;
  /** `process.arch` */
  readonly arch: string;
  /** `process.config.variables.arm_version`, `6` or `7` on 32-bit ARM. */
  readonly armVersion?: string;
  /** Folder of the package. */
  readonly folder: string;
  /** Whether a lock or contact uses onoff. */
  readonly needsOnoff: boolean;
  /** Loads a package with its compiled part; rejects with the reason why it cannot be loaded. */
  load(name: 'better-sqlite3' | 'serialport' | 'onoff'): Promise<unknown>;
}

/** Node, the compiled parts, and the screens. */
export async function checkProgram(machine: Machine, facts: ProgramFacts): Promise<Finding[]> {
  return [
    checkNode(facts.node),
    ...checkArchitecture(facts),
    await checkModule(facts, 'better-sqlite3'),
    await checkModule(facts, 'serialport'),
    ...(facts.needsOnoff
      ? [await checkModule(facts, 'onoff', 'Or apt install gpiod and write "driver: auto".')]
      : []),
    ...checkScreens(machine, facts.folder),
  ];
}

function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const update = 'Install Node.js 20.19, 22 or 24: apt install nodejs on Debian 13 and Raspberry Pi OS.';
  if (major < 20 || (major === 20 && minor < 19))
    return fail('node', `Node.js ${version} is too old.`, update);
  if (![20, 22, 24].includes(major))
    return warn('node', `Gatepost is not tested with Node.js ${version}.`, update);
  return ok('node', `Node.js ${version}.`);
}

/** Node.js and compiled packages for 32 bits are being discontinued (hardware/FACTS.md#32-bit-systems). */
function checkArchitecture({ arch, armVersion }: ProgramFacts): Finding[] {
  if (arch !== 'arm') return [];
  if (armVersion === '6') {
    const text = 'This Node.js is for ARMv6 (Pi 1, Pi Zero): some of its compiled packages do not exist.';
    return [fail('architecture', text, 'Take a Pi Zero 2 W, 3, 4 or 5 with the 64-bit Raspberry Pi OS.')];
  }
  const text = 'This is a 32-bit system: newer Node.js and some compiled packages do not exist for it.';
  return [warn('architecture', text, 'Install the 64-bit Raspberry Pi OS.')];
}

async function checkModule(
  { load }: ProgramFacts,
  name: Parameters<ProgramFacts['load']>[0],
  otherwise = '',
): Promise<Finding> {
  try {
    await load(name);
    return ok('modules', `${name} loads.`);
  } catch (error) {
    const [said = ''] = messageOf(error).split('\n', 1);
    const compile =
      'apt install python3 make g++, then "npm rebuild" where Gatepost was built, with the Node.js that runs it, and scripts/install again.';
    return fail('modules', `${name} does not load: ${said}`, `${compile} ${otherwise}`.trim());
  }
}

function checkScreens(machine: Machine, folder: string): Finding[] {
  const missing = ['guard', 'prompt'].filter(
    (screen) => !machine.exists(`${folder}/dist/screens/${screen}/index.html`),
  );
  if (missing.length === 0) return [ok('screens', 'The screens of guard and resident are built.')];
  return [fail('screens', `The screens are not built: ${missing.join(', ')}.`, 'Run scripts/build.')];
}
