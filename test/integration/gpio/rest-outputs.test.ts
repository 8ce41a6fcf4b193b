import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedOutput } from '../../../hardware/gpio/simulated-output.ts';
import { writeOutputsFile } from '../../../src/adapters/systemd/outputs-file.ts';
import { packageRoot } from '../../../src/version.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { FakeGpiod } from '../../support/devices/fake-gpiod.ts';
import { lockOf } from '../../support/devices/lock-of.ts';

const script = join(packageRoot(), 'scripts', 'rest-outputs');
let folder: string;
let outputs: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost rest-'));
  outputs = join(folder, 'outputs');
});
afterEach(() => rmSync(folder, { recursive: true }));

function rest(...args: string[]) {
  return spawnSync(script, args, { encoding: 'utf8', env: { PATH: process.env.PATH } });
}

/** An exported line as plain files. They do not follow the direction, so `value` is what a read-back finds. */
function writeLine(number: number, value: 0 | 1): string {
  const line = join(folder, 'sysfs', `gpio${number}`);
  mkdirSync(line, { recursive: true });
  for (const [name, content] of Object.entries({ active_low: '1', direction: 'in', value: `${value}` })) {
    writeFileSync(join(line, name), `${content}\n`);
  }
  return line;
}
const read = (...parts: string[]) => readFileSync(join(...parts), 'utf8').trim();

describe('scripts/rest-outputs', () => {
  it('rests a lock whose program died in the middle of a release, also twice', async () => {
    const levelFile = join(folder, 'main door.level');
    const lock = lockOf(new VirtualClock(), new SimulatedOutput({ levelFile }));
    await lock.start(new AbortController().signal);
    await writeOutputsFile(outputs, [lock.restLine() ?? '']);
    lock.pulse(3_000);
    expect(read(levelFile)).toBe('1');
    for (let run = 0; run < 2; run++) {
      expect(rest(outputs)).toMatchObject({ status: 0, stderr: '' });
      expect(read(levelFile)).toBe('0');
    }
  });

  it.each([
    [0, 'low'],
    [1, 'high'],
  ] as const)('makes a GPIO line an output at its rest level %s', (level, direction) => {
    const line = writeLine(529, level);
    writeFileSync(outputs, `sysfs 529 ${level}\n`);
    expect(rest(outputs, join(folder, 'sysfs'))).toMatchObject({ status: 0, stderr: '' });
    expect([read(line, 'direction'), read(line, 'active_low')]).toEqual([direction, '0']);
  });

  it('goes on after an output that does not rest, names it, and ends with 1', () => {
    writeLine(529, 1);
    const good = writeLine(530, 0);
    const levelFile = join(folder, 'main.level');
    writeFileSync(levelFile, '1\n');
    writeFileSync(
      outputs,
      `sysfs 529 0\nsysfs 9 0\nsysfs ../x 0\nrelay 7 0\nsysfs 530 0\nfile ${levelFile} 0`,
    );
    const run = rest(outputs, join(folder, 'sysfs'));
    expect(run.status).toBe(1);
    for (const bad of ['sysfs 529 0', 'sysfs 9 0', 'sysfs ../x 0', 'relay 7 0']) {
      expect(run.stderr).toContain(`NOT AT REST: ${bad}\n`);
    }
    expect(run.stderr).not.toContain('sysfs 530');
    expect([read(good, 'direction'), read(levelFile)]).toEqual(['low', '0']);
  });

  it.each([
    ['1.6.3', 'gpioset gpiochip0 17=1'],
    ['2.2.1', 'gpioset --toggle=0 GPIO17=1'],
  ] as const)('rests a line by gpioset %s', (version, call) => {
    const gpiod = new FakeGpiod(version);
    try {
      gpiod.setPersistent(true);
      gpiod.write('level', '999999999 0');
      writeFileSync(outputs, 'gpiod GPIO17 1\n');
      const env = { PATH: `${gpiod.source.path}:${process.env.PATH}` };
      expect(spawnSync(script, [outputs], { encoding: 'utf8', env })).toMatchObject({
        status: 0,
        stderr: '',
      });
      expect(gpiod.calls().at(-1)).toBe(call);
      expect(gpiod.level()).toBe(1);
    } finally {
      gpiod.cleanUp();
    }
  });

  it('switches an LED off, and none outside its folder', () => {
    const leds = join(folder, 'leds');
    mkdirSync(join(leds, 'gatepost:main'), { recursive: true });
    writeFileSync(join(leds, 'gatepost:main', 'brightness'), '255\n');
    writeFileSync(outputs, 'led gatepost:main 0\nled ../x 0\n');
    const run = rest(outputs, join(folder, 'sysfs'), leds);
    expect([run.status, read(leds, 'gatepost:main', 'brightness')]).toEqual([1, '0']);
    expect(run.stderr).toBe('rest-outputs: NOT AT REST: led ../x 0\n');
  });

  it('finds the list in the runtime directory', () => {
    const levelFile = join(folder, 'main.level');
    writeFileSync(levelFile, '1\n');
    writeFileSync(outputs, `file ${levelFile} 0\n`);
    const env = { PATH: process.env.PATH, RUNTIME_DIRECTORY: folder };
    expect(spawnSync(script, { env }).status).toBe(0);
    expect(read(levelFile)).toBe('0');
  });

  it('has nothing to do when the daemon never got as far as taking outputs', () => {
    expect(rest(outputs).status).toBe(0);
    expect(existsSync(outputs)).toBe(false);
  });

  it('refuses a call it does not understand', () => {
    expect(rest().status).toBe(2);
    expect(rest('a', 'b', 'c', 'd').status).toBe(2);
    expect(rest(folder).status).toBe(1);
  });
});

describe('the list of outputs', () => {
  it('is replaced as a whole', async () => {
    await writeOutputsFile(outputs, ['sysfs 529 0', 'file /run/a b.level 0']);
    await writeOutputsFile(outputs, ['sysfs 530 1']);
    expect(readFileSync(outputs, 'utf8')).toBe('sysfs 530 1\n');
    expect(readdirSync(folder)).toEqual(['outputs']);
  });

  it.each(['', 'sysfs 529', 'file state/main.level 0', 'file /a\nsysfs 1 1', 'sysfs 529 2'])(
    'refuses the entry %j',
    async (line) => {
      await expect(writeOutputsFile(outputs, [line])).rejects.toMatchObject({ code: 'gpio.failed' });
      expect(existsSync(outputs)).toBe(false);
    },
  );
});
