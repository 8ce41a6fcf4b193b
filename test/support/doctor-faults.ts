import type { Patient } from '../../src/adapters/doctor/examine.ts';
import type { Grade } from '../../src/adapters/doctor/finding.ts';
import type { GpioUse } from '../../src/adapters/doctor/gpio.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { DoctorMachine } from './doctor-machine.ts';

type Config = NonNullable<Patient['config']>;
type Changeable<T> = { -readonly [K in keyof T]: T[K] };

/** A sound machine in which faults are planted. */
export interface Sick {
  readonly machine: DoctorMachine;
  readonly program: Changeable<Patient['program']>;
  readonly clock: Changeable<Patient['clock']>;
  readonly gpio: Changeable<Config['gpio']>;
  devices: Config['devices'];
  files: Config['files'];
  web: Config['web'];
  readHead: Config['log']['readHead'];
}

interface Fault {
  readonly fault: string;
  readonly plant: Plant;
  readonly grade: Grade;
  readonly check: string;
  readonly text: RegExp;
  readonly fix: RegExp;
}

type Plant = (sick: Sick) => void;

const UNIT = 'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nNRestarts=0';
const LOCK = { place: 'doors.main.lock', led: 'gatepost:main' };

const file =
  (path: string, text: string): Plant =>
  ({ machine }) =>
    machine.write(path, text);

const gone =
  (path: string): Plant =>
  ({ machine }) =>
    machine.remove(path);

const answer =
  (call: string, said: string | undefined): Plant =>
  ({ machine }) => {
    machine.answers[call] = said;
  };

const unit = (from: string, to: string): Plant => answer('systemctl show', UNIT.replace(from, to));

const running =
  (pid: number, words: readonly string[], openFile = '/dev/null'): Plant =>
  ({ machine }) =>
    machine.process(pid, words, openFile);

const storeOn =
  (type: string): Plant =>
  ({ machine }) =>
    machine.write('/proc/self/mountinfo', machine.mounts(type));

const free =
  (mib: number): Plant =>
  ({ machine }) => {
    machine.freeMib = mib;
  };

const node =
  (version: string): Plant =>
  ({ program }) => {
    program.node = version;
  };

const uses =
  (driver: GpioUse['driver']): Plant =>
  ({ gpio }) => {
    gpio.uses = [{ ...LOCK, driver }];
  };

const noSysfs: Plant = ({ gpio }) => {
  gpio.findChip = () => Promise.reject(new Error('/sys/class/gpio cannot be read.'));
};

const both =
  (...plants: readonly Plant[]): Plant =>
  (sick) => {
    for (const plant of plants) plant(sick);
  };

type Row = readonly [string, Plant, readonly [Grade, string], RegExp, RegExp];

const ROWS: readonly Row[] = [
  [
    'an old kernel',
    file('/proc/sys/kernel/osrelease', '5.4.83-v7l+'),
    ['warn', 'kernel'],
    /5\.4\.83/,
    /Raspberry Pi OS/,
  ],
  [
    'under-voltage now',
    answer('vcgencmd get_throttled', 'throttled=0x50001'),
    ['fail', 'power'],
    /under-voltage now/,
    /supply/,
  ],
  [
    'throttling before',
    answer('vcgencmd get_throttled', 'throttled=0x40000'),
    ['warn', 'power'],
    /throttled processor since/,
    /Cool/,
  ],
  ['an old Node', node('18.20.4'), ['fail', 'node'], /18\.20\.4 is too old/, /20\.19/],
  ['an untested Node', node('23.1.0'), ['warn', 'node'], /not tested/, /22 or 24/],
  [
    'a module that does not load',
    ({ program }) => {
      program.load = async (name: string) => {
        if (name === 'onoff') throw new Error('epoll.node: no such file');
      };
    },
    ['fail', 'modules'],
    /onoff does not load: epoll\.node/,
    /npm rebuild.*gpiod/,
  ],
  [
    'screens not built',
    gone('/usr/lib/gatepost/dist/screens/prompt'),
    ['fail', 'screens'],
    /not built: prompt/,
    /scripts\/build/,
  ],
  [
    'no service user',
    file('/etc/passwd', 'root:x:0:0::/root:/bin/sh'),
    ['warn', 'accounts'],
    /no user gatepost/,
    /install/,
  ],
  [
    'a missing group',
    file('/etc/group', 'dialout:x:20:\ninput:x:1:\nvideo:x:2:'),
    ['fail', 'accounts'],
    /do not exist: gpio/,
    /groupadd --system gpio/,
  ],
  [
    'an unset clock',
    ({ clock }) => {
      clock.nowMs = 0;
    },
    ['fail', 'clock'],
    /1970/,
    /date --set/,
  ],
  [
    'an untrusted clock',
    ({ clock }) => {
      clock.quality = 'unsynced';
    },
    ['warn', 'clock'],
    /not trusted.*untrustedTime/,
    /timedatectl/,
  ],
  ['no battery clock', gone('/sys/class/rtc'), ['warn', 'battery-clock'], /no battery clock/, /DS3231/],
  [
    'no way to the GPIO header',
    both(noSysfs, answer('gpioset --version', undefined)),
    ['fail', 'gpio'],
    /doors\.main\.lock: neither an LED, sysfs nor gpioset/,
    /apt install gpiod/,
  ],
  ['onoff without sysfs', both(noSysfs, uses('onoff')), ['fail', 'gpio'], /cannot be read/, /driver: auto/],
  [
    'gpiod without its programs',
    both(uses('gpiod'), answer('gpioset --version', undefined)),
    ['fail', 'gpio'],
    /doors\.main\.lock: gpioset is not there/,
    /apt install gpiod/,
  ],
  ['an LED that is not there', uses('leds'), ['fail', 'gpio'], /no LED gatepost:main/, /dtoverlay=gpio-led/],
  [
    'lines that persist',
    file('/sys/module/pinctrl_rp1/parameters/persist_gpio_outputs', 'Y\n'),
    ['warn', 'gpio-persistence'],
    /stays released/,
    /strict_gpiod/,
  ],
  [
    'an unplugged scanner',
    gone('/dev/ttyACM0'),
    ['fail', 'device'],
    /no \/dev\/serial\/by-id\/usb-scanner-if00/,
    /Plug it in/,
  ],
  [
    'a kernel console on the line',
    file('/proc/cmdline', 'console=ttyACM0,115200'),
    ['fail', 'device'],
    /console to \/dev\/ttyACM0/,
    /login shell no/,
  ],
  [
    'a login prompt on the line',
    running(77, ['/sbin/agetty', '-o', '--', 'ttyACM0', 'vt220']),
    ['fail', 'device'],
    /login prompt \(agetty, process 77\)/,
    /serial-getty@ttyACM0/,
  ],
  [
    'another program on the line',
    running(78, ['/usr/bin/minicom'], '/dev/ttyACM0'),
    ['fail', 'device'],
    /minicom \(process 78\)/,
    /End minicom/,
  ],
  [
    'a device of another group',
    file('/etc/passwd', 'gatepost:x:4321:4321::/:/bin/false'),
    ['fail', 'device'],
    /may not read and write \/dev\/ttyACM0/,
    /udevadm trigger/,
  ],
  [
    'ModemManager without the rules',
    running(79, ['/usr/sbin/ModemManager']),
    ['fail', 'modem-manager'],
    /sends commands/,
    /disable --now ModemManager/,
  ],
  [
    'a store in memory',
    storeOn('tmpfs'),
    ['fail', 'storage'],
    /on tmpfs: everything there is lost/,
    /overlay/,
  ],
  ['an overlay root', storeOn('overlay'), ['fail', 'storage'], /on overlay/, /raspi-config/],
  ['a store on the network', storeOn('nfs4'), ['fail', 'storage'], /on nfs4/, /local disk/],
  ['a full disk', free(40), ['fail', 'storage'], /Only 40 MiB/, /Make room/],
  ['a disk that fills', free(300), ['warn', 'storage'], /300 MiB/, /Make room/],
  [
    'a damaged log',
    (sick) => {
      sick.readHead = () => {
        throw new GatepostError('log.damaged', 'The log is damaged.');
      };
    },
    ['fail', 'log'],
    /damaged/,
    /Keep the files/,
  ],
  [
    'a unit that is not installed',
    answer('systemctl show', 'LoadState=not-found'),
    ['warn', 'service'],
    /not installed/,
    /scripts\/install/,
  ],
  [
    'a unit that failed',
    unit('ActiveState=active', 'ActiveState=failed'),
    ['fail', 'service'],
    /is failed/,
    /journalctl/,
  ],
  [
    'a unit that is not enabled',
    unit('=enabled', '=disabled'),
    ['warn', 'service'],
    /does not start with the machine/,
    /systemctl enable/,
  ],
  [
    'a unit that restarts',
    unit('NRestarts=0', 'NRestarts=7'),
    ['warn', 'service'],
    /restarted 7 times/,
    /journalctl/,
  ],
];

/** Every fault that doctor promises to find, what it says of it, and the fix it names. */
export const FAULTS: readonly Fault[] = ROWS.map(([fault, plant, [grade, check], text, fix]) => ({
  fault,
  plant,
  grade,
  check,
  text,
  fix,
}));
