import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../../src/version.ts';
import { MeasuredProcess } from '../measured-process.ts';
import type { ScriptSettings } from './script.child.ts';

/** A program that starts a script of one page. */
export type Interpreter = readonly [program: string, script: string];

export const NODE: Interpreter = [
  process.execPath,
  fileURLToPath(new URL('./script.child.js', import.meta.url)),
];

/** The modules that script.py needs, and the Debian package of each. */
const PYTHON_MODULES = {
  serial: 'python3-serial',
  'paho.mqtt.client': 'python3-paho-mqtt',
  'cryptography.hazmat.primitives.asymmetric.ed25519': 'python3-cryptography',
  sqlite3: 'python3',
} as const;

/** Python with all that script.py needs, or the Debian packages that it lacks. */
export function findPython(): Interpreter | { readonly missing: string } {
  // Debian's own, where another one stands before it that does not know Debian's packages.
  const found = ['python3', '/usr/bin/python3'].map((program) => ({
    program,
    missing: Object.entries(PYTHON_MODULES)
      .filter(([module]) => spawnSync(program, ['-c', `import ${module}`]).status !== 0)
      .map(([, debianPackage]) => debianPackage),
  }));
  const whole = found.find(({ missing }) => missing.length === 0);
  if (whole !== undefined) return [whole.program, join(packageRoot(), 'test/bench/peers/script.py')];
  return { missing: found.at(-1)?.missing.join(', ') ?? 'python3' };
}

/** One of the scripts in its own process. */
export class ScriptProcess extends MeasuredProcess {
  /** From the start of the process to the line that says the gate is ready. */
  readonly readyAfterMs: number;

  private constructor(child: ChildProcess, readyAfterMs: number) {
    super(child);
    this.readyAfterMs = readyAfterMs;
  }

  static async start([program, script]: Interpreter, settings: ScriptSettings): Promise<ScriptProcess> {
    const startMs = performance.now();
    const child = spawn(program, [script, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', () => resolve());
      child.once('exit', () => reject(new Error(`${script} ended before it was ready.`)));
    });
    return new ScriptProcess(child, performance.now() - startMs);
  }
}
