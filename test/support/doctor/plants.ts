import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceState } from '../../../src/doctor/device-states.ts';
import type { Installation } from '../../../src/doctor/examine.ts';
import type { Grade } from '../../../src/doctor/finding.ts';
import type { GpioUse } from '../../../src/doctor/gpio.ts';
import type { DoctorMachine } from './machine.ts';

type Config = NonNullable<Installation['config']>;
type Changeable<T> = { -readonly [K in keyof T]: T[K] };

/** A machine to which faults are added. */
export interface Sick {
  readonly machine: DoctorMachine;
  readonly program: Changeable<Installation['program']>;
  readonly clock: Changeable<Installation['clock']>;
  readonly gpio: Changeable<Config['gpio']>;
  devices: Config['devices'];
  files: Config['files'];
  web: Config['web'];
  https?: NonNullable<Config['https']>;
  printer?: NonNullable<Config['printer']>;
  folder: string;
  states: readonly DeviceState[];
  look: Config['log']['look'];
}

export type Plant = (sick: Sick) => void;

const UNIT = 'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nNRestarts=0';
const LOCK = { place: 'doors.main.lock', line: 17, led: 'gatepost:main' };

export const file =
  (path: string, text: string): Plant =>
  ({ machine }) =>
    machine.write(path, text);

export const gone =
  (path: string): Plant =>
  ({ machine }) =>
    machine.remove(path);

export const answer =
  (call: string, said: string | undefined): Plant =>
  ({ machine }) => {
    machine.answers[call] = said;
  };

export const unit = (from: string, to: string): Plant => answer('systemctl show', UNIT.replace(from, to));

export const running =
  (pid: number, words: readonly string[], openFile = '/dev/null'): Plant =>
  ({ machine }) =>
    machine.process(pid, words, openFile);

export const storeOn =
  (type: string): Plant =>
  ({ machine }) =>
    machine.write('/proc/self/mountinfo', machine.mounts(type));

export const free =
  (mib: number): Plant =>
  ({ machine }) => {
    machine.freeMib = mib;
  };

export const node =
  (version: string): Plant =>
  ({ program }) => {
    program.node = version;
  };

/** The scanner as another kind of device, on another node. */
export const scanner =
  (use: Omit<Config['devices'][number], 'place'>, node = ''): Plant =>
  (sick) => {
    sick.devices = [{ place: 'accessPoints.main-in.scanner', ...use }];
    if (node !== '') sick.machine.write(node, '');
  };

export const second =
  (path: string, target: string): Plant =>
  (sick) => {
    sick.machine.link(path, target);
    sick.devices = [...sick.devices, { place: 'accessPoints.main-in.thermometer', driver: 'lu90614', path }];
  };

export const secret =
  (holds: Config['files'][number]['holds'], text: string, mode = 0o640): Plant =>
  (sick) => {
    sick.files = [{ place: 'mqtt.file', path: '/etc/gatepost/file', holds }];
    sick.machine.write('/etc/gatepost/file', text);
    chmodSync(join(sick.machine.root, 'etc/gatepost/file'), mode);
  };

export const mode =
  (path: string, bits: number): Plant =>
  ({ machine }) =>
    chmodSync(join(machine.root, path), bits);

/** A row of /proc/net/tcp: somebody listens on 127.0.0.1:8080. */
export const LISTENER =
  'sl local_address\n 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 4711 1';

export const uses =
  (driver: GpioUse['driver'], line = LOCK.line): Plant =>
  ({ gpio }) => {
    gpio.uses = [{ ...LOCK, driver, line }];
  };

export const noSysfs: Plant = ({ gpio }) => {
  gpio.findChip = () => Promise.reject(new Error('/sys/class/gpio cannot be read.'));
};

export const both =
  (...plants: readonly Plant[]): Plant =>
  (sick) => {
    for (const plant of plants) plant(sick);
  };

export type Row = readonly [string, Plant, readonly [Grade, string], RegExp, RegExp];
