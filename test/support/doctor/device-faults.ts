import type { HttpsFacts } from '../../../src/doctor/https.ts';
import { CERTIFICATE, CERTIFICATE_ENDS_MS, SCRATCH_KEY } from './certificates.ts';
import {
  answer,
  both,
  file,
  gone,
  LISTENER,
  mode,
  noSysfs,
  type Plant,
  type Row,
  running,
  type Sick,
  scanner,
  second,
  secret,
  uses,
} from './plants.ts';

const GETTY = ['/sbin/agetty', '-o', '-- \\u', '--keep-baud', '115200,57600', '-', 'vt220'];
const HIDRAW = { driver: 'hid-keyboard', path: '/dev/gatepost/scanner-1' };
const keyboard = both(scanner(HIDRAW, '/dev/hidraw0'), ({ machine }) =>
  machine.link('/dev/gatepost/scanner-1', '../hidraw0'),
);
const USB = '/sys/devices/usb1/1-2';
const SERIAL0 = { driver: 'gy-mcu9061x', path: '/dev/serial0' };

const printer =
  (path: string): Plant =>
  (sick) => {
    sick.devices = [...sick.devices, { place: 'printer', driver: 'usb', path }];
  };

const daysBeforeEnd =
  (days: number): Plant =>
  (sick) => {
    secret('certificate', CERTIFICATE)(sick);
    sick.clock.nowMs = CERTIFICATE_ENDS_MS - days * 24 * 60 * 60 * 1000;
  };

/** Devices, GPIO lines, files and ports. */
export const DEVICE_ROWS: readonly Row[] = [
  [
    'a serial path that is a folder',
    scanner({ driver: 'serial', path: '/dev/serial' }),
    ['fail', 'device'],
    /is a folder/,
    /usb-scanner-if00/,
  ],
  ['a link that leads nowhere', gone('/dev/ttyACM0'), ['fail', 'device'], /leads nowhere/, /Plug it in/],
  [
    'one device by two names',
    second('/dev/serial/by-path/platform-1', '../../ttyACM0'),
    ['fail', 'device'],
    /is \/dev\/ttyACM0, and so is .*scanner/,
    /its own device/,
  ],
  [
    'a printer that is not there, beside another',
    both(printer('/dev/gatepost/printer-2'), file('/dev/usb/lp0', '')),
    ['fail', 'device'],
    /printer: there is no \/dev\/gatepost\/printer-2/,
    /take one of: \/dev\/usb\/lp0/,
  ],
  [
    'a printer that the service may not use',
    both(printer('/dev/usb/lp0'), both(file('/dev/usb/lp0', ''), mode('/dev/usb/lp0', 0o400))),
    ['fail', 'device'],
    /printer: the user gatepost may not read and write \/dev\/usb\/lp0/,
    /chgrp lp \/dev\/usb\/lp0/,
  ],
  ...(
    [
      ['paper', /out of paper/, /new roll/],
      ['cover', /cover is open/, /Shut it/],
      ['fault', /stuck knife/, /off and on/],
      ['silent', /does not answer/, /tellsStatus/],
    ] as const
  ).map(
    ([trouble, text, fix]): Row => [
      `a printer that says ${trouble}`,
      (sick) => {
        sick.printer = async () => trouble;
      },
      ['warn', 'device'],
      text,
      fix,
    ],
  ),
  ['a UART that is off', scanner(SERIAL0), ['fail', 'device'], /no \/dev\/serial0/, /raspi-config.*ttyAMA0/],
  [
    'the debug socket of a Pi 5',
    both(scanner(SERIAL0, '/dev/ttyAMA10'), ({ machine }) => machine.link('/dev/serial0', 'ttyAMA10')),
    ['fail', 'device'],
    /debug socket/,
    /uart0=on/,
  ],
  [
    'the small UART of a Pi 4',
    both(
      scanner(SERIAL0, '/dev/ttyS0'),
      file('/proc/device-tree/model', 'Raspberry Pi 4 Model B'),
      ({ machine }) => machine.link('/dev/serial0', 'ttyS0'),
    ),
    ['warn', 'device'],
    /small UART/,
    /disable-bt/,
  ],
  [
    'a console after the next start',
    file('/boot/firmware/cmdline.txt', 'console=ttyACM0,115200 console=tty1'),
    ['fail', 'device'],
    /after the next start/,
    /login shell no/,
  ],
  [
    'a login prompt that has the line as its input',
    running(77, GETTY, '/dev/ttyACM0'),
    ['fail', 'device'],
    /login prompt \(agetty, process 77\)/,
    /serial-getty@ttyACM0/,
  ],
  [
    'a second gatepost',
    both(
      answer('systemctl show', 'LoadState=loaded\nActiveState=active\nMainPID=50\nUnitFileState=enabled'),
      running(81, ['node', '/usr/bin/gatepost', 'run'], '/dev/ttyACM0'),
    ),
    ['fail', 'device'],
    /gatepost \(process 81\) has/,
    /kill 81/,
  ],
  ['brltty', running(82, ['/usr/bin/brltty']), ['warn', 'brltty'], /Braille/, /purge brltty/],
  [
    'ModemManager and a maker that the rules do not know',
    both(
      running(79, ['/usr/sbin/ModemManager']),
      file('/usr/lib/udev/rules.d/70-gatepost.rules', ''),
      file(`${USB}/idVendor`, 'abcd'),
      file(`${USB}/dev`, '189:7'),
      file(`${USB}/1-2:1.0/x`, ''),
      ({ machine }) => machine.link('/sys/class/tty/ttyACM0/device', '../../../devices/usb1/1-2/1-2:1.0'),
      file('/run/udev/data/c189:7', 'E:ID_VENDOR=x\n'),
    ),
    ['fail', 'modem-manager'],
    /usb-scanner-if00/,
    /add the maker/,
  ],
  [
    'a keyboard scanner that types into the console',
    both(keyboard, file('/sys/class/hidraw/hidraw0/device/input/input5/inhibited', '0\n')),
    ['fail', 'device'],
    /types every pass/,
    /udev|rules|USB serial/,
  ],
  [
    'a keyboard scanner named by its input device',
    scanner({ driver: 'hid-keyboard', path: '/dev/input/event3' }, '/dev/input/event3'),
    ['fail', 'device'],
    /no hidraw device/,
    /\/dev\/gatepost/,
  ],
  [
    'a hidraw device of root',
    both(keyboard, mode('/dev/hidraw0', 0o400)),
    ['fail', 'device'],
    /may not read and write \/dev\/hidraw0/,
    /70-gatepost\.rules/,
  ],
  [
    'a camera without its program',
    scanner({ driver: 'camera', source: 'rpicam', path: 'camera0' }),
    ['fail', 'device'],
    /rpicam-vid is missing/,
    /apt install rpicam-apps/,
  ],
  [
    'a camera of another group',
    both(
      scanner({ driver: 'camera', source: 'v4l2', path: '/dev/video0' }, '/dev/video0'),
      mode('/dev/video0', 0o400),
    ),
    ['fail', 'device'],
    /may not read and write \/dev\/video0/,
    /chgrp video/,
  ],
  [
    'a line that a driver has',
    file(
      '/sys/kernel/debug/gpio',
      'gpiochip0: GPIOs 569-622\n gpio-586 (GPIO17              |spi0 CS1            ) out hi\n',
    ),
    ['fail', 'gpio'],
    /GPIO17 is taken by "spi0 CS1"/,
    /config\.txt/,
  ],
  [
    'a line that a program has, by libgpiod 2',
    answer('gpioinfo ', 'gpiochip0 - 54 lines:\n\tline  27:\t"GPIO27"        \tinput consumer="gpiomon"'),
    ['fail', 'gpio'],
    /contact: GPIO27 is taken by "gpiomon"/,
    /free line/,
  ],
  [
    'a line that a program has, by libgpiod 1.6',
    answer('gpioinfo ', '\tline  17:     "GPIO17"    "w1" output active-high [used]'),
    ['fail', 'gpio'],
    /GPIO17 is taken by "w1"/,
    /free line/,
  ],
  [
    'onoff that was not compiled',
    both(uses('auto'), answer('gpioset --version', undefined), (sick) => {
      sick.gpio.loadOnoff = () => Promise.reject(new Error('no epoll.node'));
    }),
    ['fail', 'gpio'],
    /onoff does not load: no epoll/,
    /apt install gpiod/,
  ],
  [
    'sysfs of another group',
    both(uses('onoff'), file('/sys/class/gpio/export', ''), mode('/sys/class/gpio/export', 0o444)),
    ['fail', 'gpio'],
    /export may not be written/,
    /driver: auto/,
  ],
  [
    'an LED of root',
    both(
      uses('leds'),
      file('/sys/class/leds/gatepost:main/brightness', '0'),
      mode('/sys/class/leds/gatepost:main/brightness', 0o444),
    ),
    ['fail', 'gpio'],
    /brightness may not be written/,
    /leds/,
  ],
  [
    'a GPIO chip of root',
    both(uses('gpiod'), noSysfs, mode('/dev/gpiochip0', 0o400)),
    ['fail', 'gpio'],
    /no \/dev\/gpiochip/,
    /udevadm trigger/,
  ],
  [
    'no GPIO chip',
    both(uses('gpiod'), noSysfs, gone('/dev/gpiochip0')),
    ['fail', 'gpio'],
    /no GPIO chip/,
    /Raspberry Pi/,
  ],
  [
    'a line with another name',
    both(
      uses('gpiod', 4),
      answer(
        'gpioinfo ',
        'gpiochip1 - 8 lines:\n\tline   4:\t"EXP4" input\ngpiochip0 - 58 lines:\n\tline   4:\t"GPIO_GCLK" input\n\tline   5:\t"GPIO5" input',
      ),
    ),
    ['fail', 'gpio'],
    /no line is called GPIO4: line 4 of the header is called "GPIO_GCLK" here/,
    /GPIO name/,
  ],
  [
    'a chip whose lines have other names',
    both(uses('gpiod'), answer('gpioinfo ', '\tline  17:\t"PA17" input')),
    ['fail', 'gpio'],
    /no line is called GPIO17/,
    /another driver/,
  ],
  [
    'a key that everybody may read',
    secret('key', SCRATCH_KEY, 0o644),
    ['warn', 'files'],
    /everybody/,
    /chmod 640/,
  ],
  [
    'a key that the service may not read',
    secret('key', SCRATCH_KEY, 0o040),
    ['fail', 'files'],
    /may not read \/etc\/gatepost\/file/,
    /chgrp gatepost/,
  ],
  [
    'a folder that the service may not enter',
    both(secret('key', SCRATCH_KEY), mode('/etc/gatepost', 0o600)),
    ['fail', 'files'],
    /may not enter \/etc\/gatepost/,
    /chmod g\+x/,
  ],
  [
    'a missing file',
    (sick) => {
      sick.files = [{ place: 'mqtt.caFile', path: '/etc/gatepost/ca.pem', holds: 'authority' }];
    },
    ['fail', 'files'],
    /no file \/etc\/gatepost\/ca\.pem/,
    /Put it there/,
  ],
  ['an empty password', secret('password', '\n'), ['fail', 'files'], /is empty/, /Write the password/],
  ['a key that is none', secret('key', 'hello'), ['fail', 'files'], /no private key/, /right file/],
  ['an ended certificate', daysBeforeEnd(-3), ['fail', 'files'], /ended on/, /Renew/],
  ['a certificate that ends soon', daysBeforeEnd(10), ['warn', 'files'], /ends in (9|10) days/, /Renew/],
  [
    "a certificate of another's key",
    (sick: Sick) => {
      daysBeforeEnd(300)(sick);
      sick.machine.write('/etc/gatepost/key', SCRATCH_KEY);
      sick.files = [...sick.files, { place: 'mqtt.keyFile', path: '/etc/gatepost/key', holds: 'key' }];
    },
    ['fail', 'files'],
    /does not belong to the key/,
    /made together/,
  ],
  [
    'screens without encryption',
    https({ plainHost: '0.0.0.0' }),
    ['warn', 'https'],
    /0\.0\.0\.0/,
    /web\.https/,
  ],
  ['no certificate of its own yet', ownEnds(undefined), ['warn', 'https'], /no certificate/, /https make/],
  ['one that was not renewed', ownEnds(20), ['warn', 'https'], /ends in 20 days/, /journalctl/],
  ['one that has ended', ownEnds(-1), ['fail', 'https'], /has ended/, /https make says why/],
  ['one by another authority', ownEnds(200, false), ['fail', 'https'], /by another authority/, /https make/],
  [
    'an authority that is damaged',
    https({
      own: () => {
        throw new Error('authority.pem holds no authority');
      },
    }),
    ['fail', 'https'],
    /holds no authority/,
    /renew-authority/,
  ],
  [
    "another program on the screens' port",
    both(
      file('/proc/net/tcp', LISTENER),
      running(90, ['/usr/bin/python3', '-m', 'http.server'], 'socket:[4711]'),
    ),
    ['fail', 'web'],
    /python3 \(process 90\) listens on port 8080/,
    /web\.port/,
  ],
  [
    'a port that only root may have',
    (sick) => {
      sick.web = { host: '127.0.0.1', port: 80, talk: true };
    },
    ['fail', 'web'],
    /may not listen on port 80/,
    /8080/,
  ],
  [
    'a kiosk without its browser',
    both(
      ({ machine }) =>
        machine.link('/etc/systemd/system/multi-user.target.wants/gatepost-kiosk.service', '/x'),
      file('/usr/bin/cage', ''),
    ),
    ['fail', 'kiosk'],
    /missing: chromium/,
    /apt install chromium/,
  ],
  [
    'a kiosk without a microphone',
    both(hasKiosk, file('/proc/asound/pcm', '00-00: Headphones : : playback 8\n')),
    ['warn', 'sound'],
    /no microphone: nobody at the gate can talk/,
    /USB microphone/,
  ],
  [
    'a browser that may not use the microphone',
    both(hasKiosk, file('/proc/asound/pcm', '01-00: USB Audio : USB Audio : playback 1 : capture 1\n')),
    ['warn', 'sound'],
    /may not use the microphone/,
    /scripts\/install/,
  ],
];

function https(facts: HttpsFacts): Plant {
  return (sick) => {
    sick.https = facts;
  };
}

/** The kiosk's own certificate ends in so many days, or is not there. */
function ownEnds(days: number | undefined, isByAuthority = true): Plant {
  return (sick) => {
    const notAfterMs = sick.clock.nowMs + ((days ?? 0) + 0.5) * 86_400_000;
    const facts = { fingerprint: 'AB', notBeforeMs: 0, notAfterMs };
    sick.https = { own: () => (days === undefined ? undefined : { facts, isByAuthority }) };
  };
}

/** The resident's screen is at this machine, with its programs. */
function hasKiosk({ machine }: Sick): void {
  machine.link('/etc/systemd/system/multi-user.target.wants/gatepost-kiosk.service', '/x');
  for (const program of ['cage', 'chromium']) machine.write(`/usr/bin/${program}`, '');
}
