import type { Grade } from '../../../src/doctor/finding.ts';
import { DEVICE_ROWS } from './device-faults.ts';
import { answer, both, file, gone, node, noSysfs, type Plant, type Row, running, uses } from './plants.ts';
import { STORE_ROWS } from './store-faults.ts';

interface Fault {
  readonly fault: string;
  readonly plant: Plant;
  readonly grade: Grade;
  readonly check: string;
  readonly text: RegExp;
  readonly fix: RegExp;
}

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
    file('/etc/group', 'dialout:x:20:\ninput:x:1:\nlp:x:7:\nvideo:x:2:'),
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
  [
    'a time service that is not in step',
    both(
      ({ clock }) => {
        clock.quality = 'unsynced';
      },
      both(
        file('/run/systemd/system/x', ''),
        answer('systemctl list-units', 'chrony.service loaded active running chrony'),
      ),
    ),
    ['warn', 'clock'],
    /not trusted/,
    /^chrony keeps the clock but is not in step: chronyc tracking/,
  ],
  [
    'a clock that nobody keeps, and nothing says so',
    ({ clock }) => {
      clock.quality = 'unsynced';
    },
    ['warn', 'clock'],
    /not trusted/,
    /site\.clock: trust/,
  ],
  [
    'a floor ahead of a clock in step',
    ({ clock }) => {
      clock.kept = { floorMs: Date.UTC(2036, 1, 7), vouchedMs: 0 };
    },
    ['fail', 'clock-floor'],
    /has believed 2036-02-07T00:00:00\.000Z, the system clock says 2026-06-01/,
    /The clock is right now, the floor is not: gatepost clock lower/,
  ],
  [
    'a floor ahead of a clock that nobody keeps',
    ({ clock }) => {
      clock.kept = { floorMs: Date.UTC(2036, 1, 7), vouchedMs: 0 };
      clock.quality = 'holdover';
    },
    ['fail', 'clock-floor'],
    /trusts no time/,
    /Compare the clock with another one/,
  ],
  [
    'a clock far ahead of the floor',
    ({ clock }) => {
      clock.kept = { floorMs: Date.UTC(2026, 3, 1), vouchedMs: 0 };
    },
    ['warn', 'clock-floor'],
    /more than 31 days ahead/,
    /gatepost clock confirm/,
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
    'a 32-bit system',
    (sick) => {
      sick.program.arch = 'arm';
    },
    ['warn', 'architecture'],
    /32-bit/,
    /64-bit/,
  ],
  [
    'an ARMv6 board',
    (sick) => {
      sick.program.arch = 'arm';
      sick.program.armVersion = '6';
    },
    ['fail', 'architecture'],
    /ARMv6/,
    /Pi Zero 2 W/,
  ],
  [
    'a doctor who is not root',
    ({ machine }) => {
      machine.user = 1000;
    },
    ['warn', 'asker'],
    /Not asked by root/,
    /sudo gatepost doctor/,
  ],
  [
    'under-voltage that only the kernel tells',
    both(
      answer('vcgencmd get_throttled', undefined),
      file('/sys/class/hwmon/hwmon1/name', 'rpi_volt\n'),
      file('/sys/class/hwmon/hwmon1/in0_lcrit_alarm', '1\n'),
    ),
    ['fail', 'power'],
    /under-voltage/,
    /supply/,
  ],
  [
    'a hot processor',
    file('/sys/class/thermal/thermal_zone0/temp', '84321\n'),
    ['fail', 'heat'],
    /84 °C/,
    /air and shade/,
  ],
  [
    'a battery clock without a battery',
    file('/sys/class/rtc/rtc0/since_epoch', '86400\n'),
    ['warn', 'battery-clock'],
    /1970-01-02/,
    /hwclock --systohc/,
  ],
  [
    'a network time service that is off',
    answer('timedatectl show', 'NTP=no'),
    ['warn', 'clock'],
    /Nothing sets the clock/,
    /set-ntp true/,
  ],
  [
    'a user without its groups',
    both(
      answer(
        'systemctl show',
        'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nSupplementaryGroups=video',
      ),
    ),
    ['fail', 'accounts'],
    /not in the groups dialout, gpio, input, lp/,
    /usermod -aG dialout,gpio,input,lp gatepost/,
  ],
];

/** Every fault that doctor finds, its finding, and the fix that it names. */
export const FAULTS: readonly Fault[] = [...ROWS, ...DEVICE_ROWS, ...STORE_ROWS].map(
  ([fault, plant, [grade, check], text, fix]) => ({
    fault,
    plant,
    grade,
    check,
    text,
    fix,
  }),
);
