import { messageOf } from '../../core/errors.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

export interface ProgramFacts {
  /** `process.versions.node` */
  readonly node: string;
  /** Folder of the package. */
  readonly folder: string;
  /** Whether a lock or contact is set to onoff. */
  readonly needsOnoff: boolean;
  /** Loads a package; rejects with why it cannot be loaded. */
  load(name: string): Promise<unknown>;
}

/** Node, the compiled parts, and the screens. */
export async function checkProgram(machine: Machine, facts: ProgramFacts): Promise<Finding[]> {
  return [
    checkNode(facts.node),
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

async function checkModule({ load }: ProgramFacts, name: string, otherwise = ''): Promise<Finding> {
  try {
    await load(name);
    return ok('modules', `${name} loads.`);
  } catch (error) {
    const [said = ''] = messageOf(error).split('\n', 1);
    const compile = 'apt install python3 make g++, then "npm rebuild" in the folder of Gatepost.';
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
