import { z } from 'zod';
import { textOf } from './fields.ts';

const common = {
  widthMm: z
    .literal([58, 80])
    .default(80)
    .describe('Width of the roll in millimetres; 58 has room for 384 dots, 80 for 576.'),
  tellsStatus: z
    .boolean()
    .default(true)
    .describe(
      'Whether the printer answers when it is asked how it is. false for one that prints and answers nothing: then nobody knows whether a slip came out.',
    ),
};
const ports = /^(simulated|\.{0,2}\/.+)$/;

/** The section `printer`: the receipt printer of the guard's desk. */
export const printer = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('usb'),
    path: textOf('a path')
      .regex(ports, 'must be `simulated` or a printer such as /dev/usb/lp0')
      .describe(
        'Device of the printer, best the link below /dev/gatepost that the udev rules make; or `simulated`.',
      ),
    ...common,
  }),
  z.strictObject({
    driver: z.literal('serial'),
    path: textOf('a path')
      .regex(ports, 'must be `simulated` or a serial line such as /dev/serial/by-id/…')
      .describe('Serial device, best below /dev/serial/by-id; or `simulated`.'),
    baudRate: z
      .literal([9_600, 19_200, 38_400, 57_600, 115_200])
      .default(115_200)
      .describe(
        'Bits per second, as its self-test prints them (switch it on with the feed button pressed). A slip takes about 4 s at 115200, 12 s at 38400.',
      ),
    ...common,
  }),
]);
