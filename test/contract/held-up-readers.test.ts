import { closeSync, openSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KernelDeviceFiles } from '../../hardware/hidraw-reader/kernel-device-files.ts';
import { KeyboardCodeReader } from '../../hardware/scanner-hid/keyboard-reader.ts';
import { KEYBOARD_DESCRIPTOR, KeyboardScannerSimulator } from '../../hardware/scanner-hid/simulator.ts';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { FifoDevice } from '../support/devices/fifo-device.ts';
import { openPtyPair } from '../support/devices/pty-pair.ts';
import { Inbox } from '../support/inbox.ts';
import { needs } from '../support/needs.ts';

/** Longer than every silence that ends a code. */
const STALL_MS = 400;

/** What a commit on a slow card does to the event loop. */
function holdUp(): void {
  const untilMs = performance.now() + STALL_MS;
  while (performance.now() < untilMs);
}

/** Sends a code of which the second half waits in the kernel while the program is held up. */
async function readHeldUp(
  reader: CodeReader,
  firstHalf: { send: () => void; arrived: Promise<unknown> },
  sendRest: () => void,
): Promise<string[]> {
  const inbox = new Inbox<CodeReaderEvent>();
  const link = await reader.open(inbox.put, new AbortController().signal);
  firstHalf.send();
  await firstHalf.arrived;
  sendRest();
  holdUp();
  const events = await inbox.until((all) => all.length > 0);
  await link.close();
  return events.map((event) => (event.type === 'code' ? event.text : event.cause));
}

/** An `onBytes` that also says when the first bytes have arrived. */
function arrival() {
  let arrive: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const watching = (onBytes: (bytes: Uint8Array) => void) => (bytes: Uint8Array) => {
    onBytes(bytes);
    arrive();
  };
  return { arrived, watching };
}

describe('a code without a line end', () => {
  needs('socat')('on a serial line', () => {
    it('is whole although the program was held up in the middle of it', async () => {
      const pair = await openPtyPair();
      const device = openSync(pair.devicePath, 'r+');
      const { arrived, watching } = arrival();
      const ports = new NodeSerialPorts();
      const reader = new SerialCodeReader({
        serialPorts: { open: (options, onBytes, signal) => ports.open(options, watching(onBytes), signal) },
        clock: new SystemClock(),
        path: pair.kioskPath,
        baudRate: 9600,
        simulated: false,
      });
      const first = { send: () => void writeSync(device, 'GP1:FIRST'), arrived };
      expect(await readHeldUp(reader, first, () => void writeSync(device, '-SECOND'))).toEqual([
        'GP1:FIRST-SECOND',
      ]);
      closeSync(device);
      await pair.dispose();
    });
  });

  it.each(['epoll', 'cat'] as const)('is whole on a keyboard read by %s', async (backEnd) => {
    const fifo = new FifoDevice();
    const { arrived, watching } = arrival();
    const devices = new KernelDeviceFiles(backEnd);
    const scanner = new KeyboardScannerSimulator(fifo, 'us');
    const reader = new KeyboardCodeReader({
      devices: { open: (path, onBytes, signal) => devices.open(path, watching(onBytes), signal) },
      clock: new SystemClock(),
      path: fifo.path,
      layout: 'us',
      simulated: false,
      descriptorOf: async () => KEYBOARD_DESCRIPTOR,
    });
    const first = { send: () => scanner.present('FIRST', null), arrived };
    expect(await readHeldUp(reader, first, () => scanner.present('-SECOND', null))).toEqual(['FIRST-SECOND']);
    fifo.dispose();
  });
});
