import { describe, expect, it } from 'vitest';
import { DESCRIPTOR_BYTES_MAX, inputReports } from '../../hardware/scanner-hid/descriptor.ts';
import { KeyboardCodes } from '../../hardware/scanner-hid/keyboard-codes.ts';
import { PosCodes } from '../../hardware/scanner-hid/pos-codes.ts';
import { ReportSplitter } from '../../hardware/scanner-hid/report-splitter.ts';
import {
  KEYBOARD_DESCRIPTOR,
  KeyboardScannerSimulator,
  POS_DESCRIPTOR,
  posReports,
} from '../../hardware/scanner-hid/simulator.ts';
import { CodeFramer } from '../../hardware/scanner-serial/codec.ts';
import { encodeReply, REPLY_BYTES, ReplyFilter } from '../../hardware/scanner-serial/gm65-codec.ts';
import type { ScannedCode } from '../../src/core/scan/scanned-code.ts';
import { GROWTH_BYTES_MAX, usedBytes } from '../support/heap-growth.ts';
import { seededNumbers } from '../support/seeded-random.ts';

/** GATEPOST_FUZZ=1000000 for a long run. */
const STRINGS = Number(process.env.GATEPOST_FUZZ ?? 20_000);

const REPLY = encodeReply(0x02, { status: 0, value: 0 });
const KEYS: Uint8Array[] = [];
new KeyboardScannerSimulator({ write: (report) => KEYS.push(report) }, 'us').present('GP1:$%*');
const SEEDS: readonly Uint8Array[] = [
  Buffer.from('GP1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK\r\n'),
  Buffer.from('请出示通行证 🚪\r'),
  REPLY,
  Buffer.concat([Buffer.from('0523\r'), REPLY, Buffer.from('01\r')]),
  Buffer.concat(KEYS),
  Buffer.concat(posReports(Buffer.from('A'.repeat(130)))),
  KEYBOARD_DESCRIPTOR,
  POS_DESCRIPTOR,
];

/** One or more of the seeds, cut, changed or repeated, or noise. */
function hostile(next: (below: number) => number): Buffer {
  const parts = Array.from({ length: 1 + next(3) }, () => {
    const bytes = Buffer.from(SEEDS[next(SEEDS.length)] ?? REPLY);
    switch (next(5)) {
      case 0:
        return bytes;
      case 1:
        bytes[next(bytes.length)] = next(256);
        return bytes;
      case 2:
        return bytes.subarray(0, next(bytes.length));
      case 3:
        return bytes.subarray(next(bytes.length));
      default:
        return Buffer.from(Array.from({ length: next(40) }, () => next(256)));
    }
  });
  return Buffer.concat(parts);
}

const CONTROL = /\p{Cc}/u;

/** Fails for what no reader may ever give out. */
function check(codes: readonly ScannedCode[], bytes: Buffer): number {
  let good = 0;
  for (const code of codes) {
    if (code.type === 'rejected') continue;
    good += 1;
    if (code.text.length < 1 || code.text.length > 1024 || CONTROL.test(code.text)) {
      expect.fail(`${JSON.stringify(code.text)} came out of ${bytes.toString('hex')}`);
    }
  }
  return good;
}

describe(`${STRINGS} hostile strings`, { timeout: 300_000 + STRINGS * 2 }, () => {
  it('make a line framer give nothing but lines that were sent', () => {
    const next = seededNumbers(1);
    const framer = new CodeFramer();
    let line = Buffer.alloc(0);
    let good = 0;
    for (let count = 0; count < STRINGS; count++) {
      const bytes = hostile(next);
      const sent = Buffer.concat([line, bytes]);
      const codes = framer.push(bytes);
      good += check(codes, bytes);
      for (const code of codes) {
        if (code.type === 'code' && !sent.includes(code.text)) expect.fail(`${code.text} was not sent`);
      }
      line = sent.subarray(Math.max(sent.lastIndexOf('\r'), sent.lastIndexOf('\n')) + 1);
      // A line that never ends is given up before this.
      if (line.length > 4096) line = line.subarray(-4096);
    }
    expect(good).toBeGreaterThan(0);
  });

  it('lose nothing in a reply filter but sound replies', () => {
    const next = seededNumbers(2);
    let replies = 0;
    for (let count = 0; count < STRINGS; count++) {
      const bytes = hostile(next);
      const taken: Buffer[] = [];
      const filter = new ReplyFilter((start, reply) => taken.push(Buffer.from(encodeReply(start, reply))));
      const cut = next(bytes.length + 1);
      const through = [
        filter.push(bytes.subarray(0, cut)),
        filter.push(bytes.subarray(cut)),
        filter.release(),
      ];
      const left = through.reduce((sum, { length }) => sum + length, 0);
      if (left + taken.length * REPLY_BYTES !== bytes.length) {
        expect.fail(`${bytes.toString('hex')} lost bytes`);
      }
      if (!taken.every((reply) => bytes.includes(reply))) {
        expect.fail(`a reply was invented from ${bytes.toString('hex')}`);
      }
      replies += taken.length;
    }
    expect(replies).toBeGreaterThan(0);
  });

  it('make keyboard and HID-POS readers give nothing out of bounds', () => {
    const next = seededNumbers(3);
    const keyboard = {
      splitter: new ReportSplitter(inputReports(KEYBOARD_DESCRIPTOR)),
      codes: new KeyboardCodes('fr'),
    };
    const pos = { splitter: new ReportSplitter(inputReports(POS_DESCRIPTOR)), codes: new PosCodes() };
    let good = 0;
    for (let count = 0; count < STRINGS; count++) {
      const bytes = hostile(next);
      for (const report of keyboard.splitter.push(bytes, count))
        good += check(keyboard.codes.push(report), bytes);
      for (const report of pos.splitter.push(bytes, count))
        good += check(pos.codes.push(report.subarray(1)), bytes);
    }
    expect(good).toBeGreaterThan(0);
  });

  it('do not make a reader grow', () => {
    const next = seededNumbers(5);
    const strings = Array.from({ length: 1000 }, () => hostile(next));
    const framer = new CodeFramer();
    const filter = new ReplyFilter(() => undefined);
    const keys = new KeyboardCodes('us');
    const keyReports = new ReportSplitter(inputReports(KEYBOARD_DESCRIPTOR));
    const pos = new PosCodes();
    const posSplitter = new ReportSplitter(inputReports(POS_DESCRIPTOR));
    const pushAll = () => {
      for (const bytes of strings) {
        framer.push(filter.push(bytes));
        for (const report of keyReports.push(bytes, 0)) keys.push(report);
        for (const report of posSplitter.push(bytes, 0)) pos.push(report.subarray(1));
      }
    };
    pushAll();
    const before = usedBytes();
    for (let round = 0; round * strings.length < STRINGS; round++) pushAll();
    expect(usedBytes() - before).toBeLessThan(GROWTH_BYTES_MAX);
  });

  it('as a report descriptor are understood or refused', () => {
    const next = seededNumbers(4);
    let understood = 0;
    for (let count = 0; count < STRINGS; count++) {
      const bytes = hostile(next);
      try {
        understood += inputReports(bytes.subarray(0, DESCRIPTOR_BYTES_MAX)).length > 0 ? 1 : 0;
      } catch (error) {
        expect(error).toMatchObject({ code: 'device.failed' });
      }
    }
    expect(understood).toBeGreaterThan(0);
  });
});
