import { z } from 'zod';
import type { DistanceTraits, LineSpeeds, SensorFamilies } from '../core/screening/sensor-traits.ts';
import { filePath, id, label, serialPath } from './fields.ts';

/**
 * Device entries of the config: one variant a driver, told apart by `driver`. Those of sensors are made from what their
 * drivers say of themselves.
 */

const level = z.enum(['high', 'low']);
/** BCM number on the 40-pin header; 0 and 1 are reserved for the identification of a HAT. */
const line = z.number().int().min(2).max(27);

/** A folder of /sys/class/leds. */
const ledName = z.string().regex(/^[\w:-]{1,31}$/, 'must be 1 to 31 letters, digits, `_`, `-` and `:`');

const outputLine = {
  line: line.describe('GPIO line by its BCM number.'),
  activeLevel: level.describe('Level that releases the door: look at what the relay board wants.'),
};

export const doorLock = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('simulated'),
    levelFile: filePath.exactOptional().describe('File that shows the level, 0 or 1, as it changes.'),
  }),
  z.strictObject({ driver: z.literal('onoff'), ...outputLine }),
  z.strictObject({ driver: z.literal('gpiod'), ...outputLine }),
  z.strictObject({
    driver: z.literal('leds'),
    led: ledName
      .exactOptional()
      .describe('Label of the gpio-led overlay; `gatepost:` and the id of the door when left out.'),
  }),
  z.strictObject({ driver: z.literal('auto'), ...outputLine }),
]);
export type DoorLockConfig = z.output<typeof doorLock>;

const contactLine = {
  line: line.describe('GPIO line by its BCM number.'),
  openLevel: level.describe('Level while the door stands open.'),
};

export const doorContact = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('simulated'),
    walkThrough: z.boolean().default(true).describe('Whether somebody walks through after each release.'),
    stateFile: filePath.exactOptional().describe('File that shows the state, open or closed, as it changes.'),
  }),
  z.strictObject({ driver: z.literal('onoff'), ...contactLine }),
  z.strictObject({ driver: z.literal('gpiod'), ...contactLine }),
  z.strictObject({ driver: z.literal('auto'), ...contactLine }),
]);
export type DoorContactConfig = z.output<typeof doorContact>;

const hidrawPath = z
  .string()
  .regex(/^\.{0,2}\/.+$/, 'must be a hidraw device such as /dev/gatepost/scanner-…')
  .describe('hidraw device of the scanner, best the link below /dev/gatepost that the udev rules make.');
const DEVICE_OR_CAMERA = /^(\.{0,2}\/.+|camera[0-3])$/;
/** Cameras work in blocks of 16 pixels. */
const pictureSide = z.number().int().min(160).max(1920).multipleOf(16);
/** Raspberry Pi cameras align each row of an image to this many bytes; other widths would shear the image. */
const RPICAM_ROW_BYTES = 64;

const switchLine = {
  driver: z.literal('auto').default('auto').describe('onoff where sysfs has the line, else gpiod.'),
  line: line.describe('GPIO line by its BCM number.'),
  activeLevel: level.describe('Level that means pressed, opened or alarm.'),
};
const simulatedSwitch = {
  driver: z.literal('simulated'),
  stateFile: filePath
    .exactOptional()
    .describe('File that says and shows the state: 0, or 1 for pressed, opened or alarm.'),
};
const release = {
  release: z
    .boolean()
    .default(false)
    .describe(
      'Release the lock when it is pressed, after it was written down; not in Blocked and LockedDown. Only for a button or a motion sensor that is a convenience: the button people escape by is wired into the supply of the lock, and then this stays false.',
    ),
};

const neither = { error: 'must have `line` and `activeLevel`, or be of the driver simulated' };
const doorSwitch = z.union([z.strictObject(switchLine), z.strictObject(simulatedSwitch)], neither);
const exitButton = z.union(
  [z.strictObject({ ...switchLine, ...release }), z.strictObject({ ...simulatedSwitch, ...release })],
  neither,
);
const standsAt = {
  accessPoint: id
    .exactOptional()
    .describe('Access point at which it is; by default the way in of this door, if it has one.'),
};
const callButton = z.union(
  [z.strictObject({ ...switchLine, ...standsAt }), z.strictObject({ ...simulatedSwitch, ...standsAt })],
  neither,
);
export type DoorSwitchConfig = z.output<typeof doorSwitch>;
export type ExitButtonConfig = z.output<typeof exitButton>;

/** Further wired inputs of a door. All of them are shown and logged. */
export const doorInputs = z.strictObject({
  exitButton: exitButton
    .exactOptional()
    .describe('Exit button: who leaves by it is written down, and is no alarm.'),
  callButton: callButton
    .exactOptional()
    .describe('Button with which people call the guard. It opens nothing.'),
  tamper: doorSwitch.exactOptional().describe('Switch at the lid of the kiosk.'),
  fire: doorSwitch
    .exactOptional()
    .describe('Second pole of the fire alarm relay: while it is active the door raises no alarm of its own.'),
});

const signalLine = z.strictObject({
  line: line.describe('GPIO line by its BCM number.'),
  activeLevel: level.describe('Level that switches it on.'),
});

export const doorSignals = z.strictObject({
  lamp: signalLine
    .exactOptional()
    .describe('On for two seconds when somebody may pass, and during an alarm.'),
  buzzer: signalLine.exactOptional().describe('Short when somebody may pass, long when not, on in an alarm.'),
});

export const scanner = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('serial'),
    path: serialPath.describe('Serial device, best below /dev/serial/by-id; or `simulated`.'),
    baudRate: z
      .number()
      .int()
      .min(1200)
      .max(921_600)
      .default(9600)
      .describe('Bits per second; means nothing to a scanner on USB.'),
    idleMs: z
      .number()
      .int()
      .min(10)
      .max(1000)
      .default(80)
      .describe('Silence that ends a code of a scanner without line ends, in milliseconds.'),
    family: z
      .enum(['plain', 'gm65'])
      .default('plain')
      .describe('gm65: a Grow or Waveshare module that takes commands; plain: nothing is sent to it.'),
    disableSetUpCodes: z
      .boolean()
      .default(true)
      .describe('Make a gm65 ignore set-up codes, which anybody can show it.'),
  }),
  z.strictObject({
    driver: z.literal('hid-keyboard'),
    path: hidrawPath,
    layout: z
      .enum(['us', 'de', 'fr'])
      .default('us')
      .describe('Keyboard country the scanner is set to; `gatepost scanner calibrate` finds it.'),
    idleMs: z
      .number()
      .int()
      .min(20)
      .max(1000)
      .default(100)
      .describe('Silence that ends a code of a scanner that sends no Enter, in milliseconds.'),
  }),
  z.strictObject({ driver: z.literal('hid-pos'), path: hidrawPath }),
  z
    .strictObject({
      driver: z.literal('camera'),
      source: z
        .enum(['v4l2', 'ffmpeg', 'rpicam'])
        .describe(
          'Program that takes the pictures: v4l2-ctl, ffmpeg (cameras that give JPEG only), rpicam-vid.',
        ),
      path: z
        .string()
        .regex(
          DEVICE_OR_CAMERA,
          'must be a device such as /dev/v4l/by-id/…, or camera0 to camera3 for rpicam',
        )
        .describe('Video device, best below /dev/v4l/by-id; for rpicam camera0 or camera1.'),
      width: pictureSide.default(640).describe('Width of a picture in pixels.'),
      height: pictureSide.default(480).describe('Height of a picture in pixels.'),
      framesPerSecond: z.number().int().min(1).max(30).default(10).describe('Pictures a second.'),
    })
    .refine(({ source, path }) => (source === 'rpicam') === path.startsWith('camera'), {
      path: ['path'],
      message: 'must be camera0 to camera3 with rpicam, and a device with the other sources',
    })
    .refine(({ source, width }) => source !== 'rpicam' || width % RPICAM_ROW_BYTES === 0, {
      path: ['width'],
      message: `must be a multiple of ${RPICAM_ROW_BYTES} with rpicam, which fills up shorter rows; 640 and 1280 are`,
    }),
]);
export type ScannerConfig = z.output<typeof scanner>;

const sensorPath = serialPath.describe('Serial device, best below /dev/serial/by-path; or `simulated`.');
const register = z.number().int().min(0).max(65_535);

/** A sensor that keeps its values in Modbus registers: in which is in its manual, and nowhere else. */
const registerThermometer = z.strictObject({
  path: sensorPath,
  baudRate: z.number().int().min(1200).max(115_200).default(9600).describe('Bits per second.'),
  parity: z
    .enum(['none', 'even', 'odd'])
    .default('none')
    .describe(
      'Parity. The standard wants even where nothing else is said; most infrared sensors are sold with none. A sensor with another one is silent.',
    ),
  stopBits: z
    .literal([1, 2])
    .default(1)
    .describe('Stop bits. The standard wants 2 without parity; nearly every sensor takes 1.'),
  address: z
    .number()
    .int()
    .min(1)
    .max(255)
    .default(1)
    .describe(
      'Address of the sensor on the line. Some are sold with 255, which also reaches others of one maker.',
    ),
  function: z.literal([3, 4]).default(3).describe('3 reads holding registers, 4 input registers.'),
  type: z
    .enum(['int16', 'uint16', 'int32', 'uint32', 'float32'])
    .default('int16')
    .describe('Form of the temperatures; those of 32 bits take two registers.'),
  wordOrder: z
    .enum(['high-first', 'low-first'])
    .default('high-first')
    .describe('Which of two registers comes first.'),
  stepsPerDegree: z.number().min(1).max(1_000_000).default(10).describe('Value of 1 °C; 10 for tenths.'),
  objectRegister: register.describe('Temperature of the object; numbers on the wire, from 0.'),
  ambientRegister: register.exactOptional().describe('Temperature of the sensor itself, if it tells.'),
  status: z
    .strictObject({
      register: register.describe('The status register.'),
      bits: z
        .record(z.string().regex(/^(\d|1[0-5])$/, 'must be a bit from 0 to 15'), label)
        .describe('Bits that make the value worthless when set, each with its meaning.'),
    })
    .exactOptional()
    .describe('What the sensor says about its own value.'),
  replyMs: z.number().int().min(50).max(1000).default(300).describe('Time for an answer, in milliseconds.'),
});
export type RegisterThermometerConfig = z.output<typeof registerThermometer> & { readonly driver: string };

/** The entry of a thermometer, of all families there are. */
export function thermometer({ thermometers: [first, ...others] }: Pick<SensorFamilies, 'thermometers'>) {
  return z.discriminatedUnion('driver', [thermometerOf(first), ...others.map(thermometerOf)]);
}
export type ThermometerConfig = z.output<ReturnType<typeof thermometer>>;

function thermometerOf(family: SensorFamilies['thermometers'][number]) {
  const driver = z.literal(family.driver);
  if (family.settings === 'registers') return z.strictObject({ driver, ...registerThermometer.shape });
  return withSpeed({ driver, path: sensorPath }, family.speeds);
}

/** With a setting for the speed where there is a choice. */
function withSpeed<Shape extends z.ZodRawShape>(shape: Shape, speeds: LineSpeeds) {
  const [usual, ...others] = speeds;
  if (others.length === 0) return z.strictObject(shape);
  const inOrder = speeds.toSorted(
    (one, other) => Number(other === 'auto') - Number(one === 'auto') || Number(one) - Number(other),
  );
  const baudRate = z.literal(inOrder).default(usual);
  return z.strictObject({
    ...shape,
    baudRate: baudRate.describe(
      usual === 'auto' ? 'Bits per second; models differ, `auto` tries all.' : 'Bits per second.',
    ),
  });
}

const distanceWindow = {
  path: sensorPath,
  minMm: z
    .number()
    .int()
    .min(0)
    .max(5000)
    .default(30)
    .describe('Nearer than this is too close to measure, in millimetres.'),
  maxMm: z
    .number()
    .int()
    .min(1)
    .max(5000)
    .default(150)
    .describe('Further than this is too far to measure, in millimetres.'),
};

/** The entry of a distance sensor, of all families there are. */
export function distance({ distances: [first, ...others] }: Pick<SensorFamilies, 'distances'>) {
  const entryOf = ({ driver, speeds }: DistanceTraits) =>
    withSpeed({ driver: z.literal(driver), ...distanceWindow }, speeds);
  return z.discriminatedUnion('driver', [entryOf(first), ...others.map(entryOf)]);
}
export type DistanceConfig = z.output<ReturnType<typeof distance>>;

/** The label that the overlay gpio-led gives the lock of a door, or a signal beside it, unless the config names one. */
export function ledOf(door: string, signal?: string): string {
  return signal === undefined ? `gatepost:${door}` : `gatepost:${door}-${signal}`;
}
