import { describe, expect, it } from 'vitest';
import { EscPosPrinter } from '../../hardware/printer-escpos/driver.ts';
import { LpPorts } from '../../hardware/printer-escpos/lp-ports.ts';
import { EscPosSimulator } from '../../hardware/printer-escpos/simulator.ts';
import { raster } from '../../hardware/printer-escpos/ticket-bytes.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { SerialPorts } from '../../src/ports/serial-ports.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { inMemoryRig, ptyRig } from '../support/devices/serial-rigs.ts';
import { needs } from '../support/needs.ts';
import { CODE, slantedWords, ticketPrinterContract } from './ticket-printer.ts';

describe('a printer on a simulated line', () => ticketPrinterContract(inMemoryRig));

needs('socat')('a printer on a serial line (pty)', () => ticketPrinterContract(ptyRig));

needs('socat')('a printer as a device file (pty)', () =>
  ticketPrinterContract(async () => ({ ...(await ptyRig()), ports: new LpPorts(new SystemClock()) })),
);

it('draws pictures with the bytes of an encoder that others keep', async () => {
  const { default: ReceiptPrinterEncoder } = await import('@point-of-sale/receipt-printer-encoder');
  const image = slantedWords(384, 264);
  const data = new Uint8ClampedArray(image.width * image.height * 4).fill(0xff);
  for (let dot = 0; dot < image.width * image.height; dot++)
    if (((image.dots[dot >> 3] ?? 0) & (0x80 >> (dot & 7))) !== 0) data.fill(0, dot * 4, dot * 4 + 3);
  const { width, height } = image;
  const theirs = new ReceiptPrinterEncoder({ language: 'esc-pos', imageMode: 'raster', columns: 32 })
    .image({ data, width, height, colorSpace: 'srgb' }, width, height, 'threshold', 128)
    .encode();
  expect(Buffer.from(theirs).includes(Buffer.from(raster(image)))).toBe(true);
});

describe('a ticket that breaks off', () => {
  it('is paid with white, so that the next one is whole', async () => {
    const clock = new VirtualClock();
    const memory = new SimulatedSerialPorts();
    const line = memory.line('printer');
    const paper = new EscPosSimulator(line);
    let room = 5_000;
    /** Takes no more bytes than there is room for, as a printer whose memory is full. */
    const ports: SerialPorts = {
      open: async (settings, onBytes, signal) => {
        const link = await memory.open(settings, onBytes, signal);
        return {
          closed: link.closed,
          close: () => link.close(),
          write: async (bytes) => {
            if (bytes.length > room) await link.closed;
            room -= bytes.length;
            await link.write(bytes);
          },
        };
      },
    };
    const printer = new EscPosPrinter({
      ...{ driver: 'usb', ports, clock, path: 'printer', widthMm: 58, tellsStatus: true, simulated: true },
    });
    const open = () => printer.open(() => undefined, new AbortController().signal);
    const ticket = { code: CODE, words: slantedWords(384) };
    const first = await open();
    const broken = first.print(ticket);
    await expect.poll(() => paper.unfinished > 0).toBe(true);
    await first.close();
    expect(await broken).toBe('silent');
    expect(paper.unfinished).toBeGreaterThan(1_000);
    room = Number.POSITIVE_INFINITY;
    const second = await open();
    expect(await second.print(ticket)).toBe('printed');
    expect(await second.print(ticket)).toBe('printed');
    const [afterBroken, whole] = paper.slips;
    const end = Buffer.from(afterBroken?.dots ?? []).subarray(-(whole?.dots.length ?? 0));
    expect(end.equals(Buffer.from(whole?.dots ?? []))).toBe(true);
    await second.close();
  });
});
