import { describe, expect, it } from 'vitest';
import { CALIBRATION_TEXT, calibrate } from '../../hardware/scanner-hid/calibration.ts';
import { inputReports } from '../../hardware/scanner-hid/descriptor.ts';
import { KeyboardCodes } from '../../hardware/scanner-hid/keyboard-codes.ts';
import {
  chooseKeyboardReport,
  type KeyStroke,
  KeyStrokes,
} from '../../hardware/scanner-hid/keyboard-report.ts';
import { characterOf, LAYOUT_NAMES, type LayoutName } from '../../hardware/scanner-hid/layouts.ts';
import { choosePosReport, PosCodes } from '../../hardware/scanner-hid/pos-codes.ts';
import { ReportSplitter } from '../../hardware/scanner-hid/report-splitter.ts';
import {
  KEYBOARD_DESCRIPTOR,
  KeyboardScannerSimulator,
  ONE_KEY_DESCRIPTOR,
  POS_DESCRIPTOR,
  posReports,
} from '../../hardware/scanner-hid/simulator.ts';
import type { ScannedCode } from '../../src/core/scan/scanned-code.ts';

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const brief = (codes: readonly ScannedCode[]) =>
  codes.map((code) => (code.type === 'code' ? code.text : `!${code.cause} ${code.lengthBytes}`));

/** The reports of a simulated keyboard scanner. */
function keyReports(
  show: (scanner: KeyboardScannerSimulator) => void,
  layout: LayoutName = 'us',
): Uint8Array[] {
  const reports: Uint8Array[] = [];
  show(new KeyboardScannerSimulator({ write: (report) => reports.push(report) }, layout));
  return reports;
}

function read(reports: readonly Uint8Array[], layout: LayoutName = 'us'): string[] {
  const codes = new KeyboardCodes(layout);
  return brief(reports.flatMap((report) => codes.push(report)));
}

describe('boot keyboard reports', () => {
  const UP = '00 00 00 00 00 00 00 00';

  it('are read as the sheet says', () => {
    const reports = [
      '02 00 04 00 00 00 00 00',
      UP,
      '00 00 1E 00 00 00 00 00',
      UP,
      '00 00 28 00 00 00 00 00',
      UP,
    ];
    expect(read(reports.map(hex))).toEqual(['A1']);
  });

  it('count a key when it is new, not while it is held', () => {
    const reports = ['00 00 04 00 00 00 00 00', '00 00 04 05 00 00 00 00', '00 00 05 04 00 00 00 00'];
    expect(read([...reports, UP, '00 00 04 00 00 00 00 00', '00 00 28 00 00 00 00 00'].map(hex))).toEqual([
      'aba',
    ]);
  });

  it.each([
    ['Enter', 0x28],
    ['Tab', 0x2b],
    ['keypad Enter', 0x58],
  ])('end a code with %s', (_name, usage) => {
    expect(read(keyReports((scanner) => scanner.present('AB', usage)))).toEqual(['AB']);
  });

  it('are no code with Alt and digits of the keypad, or with Control', () => {
    const alt = keyReports((scanner) => {
      scanner.press(0x59, 0x04);
      scanner.present('A');
      scanner.present('B');
    });
    expect(read(alt)).toEqual(['!unknown_key 2', 'B']);
    const control = keyReports((scanner) => {
      scanner.press(0x04, 0x01);
      scanner.present('');
    });
    expect(read(control)).toEqual(['!unknown_key 1']);
  });

  it('are no code when the keyboard lost keys', () => {
    const lost = hex('00 00 01 01 01 01 01 01');
    const reports = keyReports((scanner) => scanner.present('AB'));
    expect(read([...reports.slice(0, 2), lost, ...reports.slice(2)])).toEqual(['!unknown_key 3']);
  });

  it('are a code again when the lost keys were those of another', () => {
    const lost = hex('00 00 01 01 01 01 01 01');
    const codes = new KeyboardCodes('us');
    codes.push(lost);
    expect(codes.flush()).toMatchObject({ type: 'rejected', cause: 'unknown_key' });
    const reports = keyReports((scanner) => scanner.present('AAB'));
    expect(brief(reports.flatMap((report) => codes.push(report)))).toEqual(['AAB']);
  });

  it.each([
    ['Caps Lock', 0x39],
    ['Num Lock', 0x53],
    ['Scroll Lock', 0x47],
    ['F1', 0x3a],
    ['Insert', 0x49],
    ['an arrow', 0x51],
    ['Escape', 0x29],
    ['Menu', 0x65],
    ['F24', 0x73],
    ['Kana', 0x92],
    ['a modifier as a key', 0xe1],
  ])('are not changed by %s, wherever it is pressed', (_name, usage) => {
    const reports = keyReports((scanner) => {
      scanner.press(usage);
      scanner.present('A', null);
      scanner.press(usage);
      scanner.present('B');
      scanner.press(usage);
    });
    const codes = new KeyboardCodes('us');
    expect(brief(reports.flatMap((report) => codes.push(report)))).toEqual(['AB']);
    expect(codes.pending).toBe(false);
  });

  it.each([
    ['Ctrl+J', [[0x0d, 0x01]]],
    ['Ctrl+M', [[0x10, 0x01]]],
    ['Ctrl+Shift+J', [[0x0d, 0x03]]],
    ['right Ctrl+M', [[0x10, 0x10]]],
    [
      'Enter and Ctrl+J',
      [
        [0x28, 0],
        [0x0d, 0x01],
      ],
    ],
    [
      'Enter and Ctrl+Shift+J',
      [
        [0x28, 0],
        [0x0d, 0x03],
      ],
    ],
    [
      'Ctrl+M and Ctrl+J',
      [
        [0x10, 0x01],
        [0x0d, 0x01],
      ],
    ],
    [
      'Enter and Ctrl+C',
      [
        [0x28, 0],
        [0x06, 0x01],
      ],
    ],
    [
      'two times Enter',
      [
        [0x28, 0],
        [0x28, 0],
      ],
    ],
    [
      'blanks and Enter',
      [
        [0x2c, 0],
        [0x2c, 0],
        [0x28, 0],
      ],
    ],
  ] satisfies [string, [number, number][]][])(
    'end a code with %s, and nothing comes of what follows',
    (_name, suffix) => {
      const codes = new KeyboardCodes('us');
      const reports = keyReports((scanner) => {
        for (const text of ['AB', 'CD']) {
          scanner.present(text, null);
          for (const [usage, modifiers] of suffix) scanner.press(usage, modifiers);
        }
      });
      expect(brief(reports.flatMap((report) => codes.push(report)))).toEqual(['AB', 'CD']);
      expect(codes.pending).toBe(false);
    },
  );

  it('end a code with Ctrl+M of a French scanner', () => {
    const reports = keyReports((scanner) => scanner.present('GP1:A\rGP1:B\n', null), 'fr');
    expect(read(reports, 'fr')).toEqual(['GP1:A', 'GP1:B']);
    const ctrlM = keyReports((scanner) => {
      scanner.present('AB', null);
      scanner.press(0x33, 0x01);
    }, 'fr');
    expect(read(ctrlM, 'fr')).toEqual(['AB']);
  });

  it('give 1,024 characters and not one more', () => {
    const show = (length: number) => keyReports((scanner) => scanner.present('A'.repeat(length)));
    expect(read(show(1024))).toEqual(['A'.repeat(1024)]);
    expect(read([...show(1025), ...show(5000), ...show(1)])).toEqual([
      '!too_long 1025',
      '!too_long 1025',
      'A',
    ]);
  });

  it('end by silence, and begin anew', () => {
    const codes = new KeyboardCodes('us');
    for (const report of keyReports((scanner) => scanner.present('AB', null))) codes.push(report);
    expect(codes.pending).toBe(true);
    expect(codes.flush()).toEqual({ type: 'code', text: 'AB' });
    expect(codes.pending).toBe(false);
    expect(codes.flush()).toBeUndefined();
  });
});

describe('keyboard layouts', () => {
  const SHIFT = 0x02;

  it.each<[LayoutName, number, number, string | undefined]>([
    ['us', 0x1d, 0, 'z'],
    ['de', 0x1d, 0, 'y'],
    ['fr', 0x1d, 0, 'w'],
    ['fr', 0x14, SHIFT, 'A'],
    ['us', 0x33, SHIFT, ':'],
    ['de', 0x37, SHIFT, ':'],
    ['fr', 0x37, 0, ':'],
    ['fr', 0x1e, 0, '&'],
    ['fr', 0x1e, SHIFT, '1'],
    ['de', 0x24, SHIFT, '/'],
    ['de', 0x64, 0, '<'],
    ['de', 0x14, 0x40, '@'],
    ['fr', 0x27, 0x40, '@'],
    ['us', 0x61, 0, '9'],
    ['fr', 0x62, 0, '0'],
    ['de', 0x35, 0, undefined],
    ['us', 0x5a, 0x40, undefined],
    ['de', 0x5a, 0x04, undefined],
    ['us', 0x65, 0, undefined],
    ['us', 0x3a, 0, undefined],
  ])('%s: key %i with modifiers %i is %s', (layout, usage, modifiers, character) => {
    expect(characterOf({ usage, modifiers }, layout)).toBe(character);
  });

  it('have every character of a pass, and lose nothing on the way', () => {
    for (const layout of LAYOUT_NAMES) {
      expect(
        read(
          keyReports((scanner) => scanner.present(CALIBRATION_TEXT), layout),
          layout,
        ),
      ).toEqual([CALIBRATION_TEXT]);
    }
  });

  it('are found by the calibration code', () => {
    for (const layout of LAYOUT_NAMES) {
      expect(calibrate(strokes(CALIBRATION_TEXT, layout))).toEqual({ status: 'fits', layout });
      expect(calibrate(strokes(CALIBRATION_TEXT.toLowerCase(), layout))).toEqual({
        status: 'wrong_case',
        layout,
      });
    }
    for (const lock of [0x39, 0x47, 0x53]) {
      const tapped = [{ usage: lock, modifiers: 0 }, ...strokes(CALIBRATION_TEXT, 'us')];
      expect(calibrate(tapped)).toEqual({ status: 'fits', layout: 'us' });
    }
    expect(calibrate(strokes('CAL-0123', 'de'))).toMatchObject({ status: 'unknown' });
    expect(calibrate([])).toMatchObject({ status: 'unknown' });
  });

  function strokes(text: string, layout: LayoutName): KeyStroke[] {
    const keys = new KeyStrokes();
    return keyReports((scanner) => scanner.present(text, null), layout).flatMap((r) => [
      ...(keys.push(r) ?? []),
    ]);
  }
});

describe('report descriptors', () => {
  it('of a boot keyboard and of a HID-POS scanner are understood', () => {
    expect(chooseKeyboardReport(inputReports(KEYBOARD_DESCRIPTOR))).toMatchObject({ id: 0, bytes: 8 });
    expect(choosePosReport(inputReports(POS_DESCRIPTOR))).toMatchObject({ id: 2, bytes: 64 });
  });

  it('of a keyboard with numbered reports are understood', () => {
    const numbered = Uint8Array.of(
      ...KEYBOARD_DESCRIPTOR.subarray(0, 6),
      0x85,
      1,
      ...KEYBOARD_DESCRIPTOR.subarray(6),
    );
    expect(chooseKeyboardReport(inputReports(numbered))).toMatchObject({ id: 1, bytes: 9 });
  });

  it('of keyboards with one key or many in a report are understood', () => {
    expect(chooseKeyboardReport(inputReports(ONE_KEY_DESCRIPTOR))).toMatchObject({ id: 3, bytes: 4 });
    for (const keys of [1, 2, 3, 8, 13]) {
      // The number of keys is the first byte 06 after the lamps.
      const at = KEYBOARD_DESCRIPTOR.lastIndexOf(0x06);
      const report = chooseKeyboardReport(inputReports(KEYBOARD_DESCRIPTOR.with(at, keys)));
      expect(report).toMatchObject({ id: 0, bytes: 2 + keys });
      const codes = new KeyboardCodes('us');
      codes.readAs(report);
      const held = Uint8Array.of(0x02, 0, 0x04, ...new Uint8Array(keys - 1));
      const end = held.with(2, 0x28);
      expect(brief([held, end].flatMap((one) => codes.push(one)))).toEqual(['A']);
    }
  });

  it('of the wrong device are refused', () => {
    const refused = expect.objectContaining({ code: 'device.failed' });
    expect(() => chooseKeyboardReport(inputReports(POS_DESCRIPTOR))).toThrow(refused);
    expect(() => choosePosReport(inputReports(KEYBOARD_DESCRIPTOR))).toThrow(refused);
    const oneKeyPerBit = KEYBOARD_DESCRIPTOR.map((byte, at) => (byte === 0x00 && at > 55 ? 0x02 : byte));
    expect(() => chooseKeyboardReport(inputReports(oneKeyPerBit))).toThrow(refused);
    expect(() => inputReports(KEYBOARD_DESCRIPTOR.subarray(0, 3))).toThrow(refused);
    expect(() => inputReports(Uint8Array.of(0x26, 0xff))).toThrow(refused);
    expect(() => inputReports(Uint8Array.of(0xb4))).toThrow(refused);
    const endless = hex('05 01 09 06 a1 01 77 ff ff ff ff 97 ff ff ff ff 81 02 c0');
    expect(() => inputReports(endless)).toThrow(refused);
    expect(() => inputReports(new Uint8Array(5000))).toThrow(refused);
  });
});

describe('a stream of reports', () => {
  it('is cut at the same places however it arrives', () => {
    const reports = posReports(Buffer.from('A'.repeat(300)));
    const stream = Buffer.concat(reports);
    for (let size = 1; size <= stream.length; size += 13) {
      const splitter = new ReportSplitter(inputReports(POS_DESCRIPTOR));
      const got: Uint8Array[] = [];
      for (let at = 0; at < stream.length; at += size)
        got.push(...splitter.push(stream.subarray(at, at + size), 0));
      expect(got.map((report) => Buffer.from(report))).toEqual(reports.map((report) => Buffer.from(report)));
    }
  });

  it('drops numbers that the device has not told of', () => {
    const splitter = new ReportSplitter(inputReports(POS_DESCRIPTOR));
    const [report = new Uint8Array()] = posReports(Buffer.from('A'));
    expect(splitter.push(Uint8Array.of(9, 9, 9, ...report), 0)).toEqual([report]);
  });

  it('is whole again after a report that came too short', () => {
    const splitter = new ReportSplitter(inputReports(POS_DESCRIPTOR));
    const [report = new Uint8Array()] = posReports(Buffer.from('A'));
    expect(splitter.push(report.subarray(0, 6), 1000)).toEqual([]);
    expect(splitter.push(report, 1100)).toEqual([report]);
    expect(splitter.push(report.subarray(0, 6), 2000)).toEqual([]);
    expect(splitter.push(report.subarray(6), 2099)).toEqual([report]);
  });
});

describe('HID-POS reports', () => {
  const code = 'GP1:'.padEnd(60, 'X');
  const body = (report: Uint8Array | undefined) => (report ?? new Uint8Array()).subarray(1);

  function readPos(reports: readonly (Uint8Array | undefined)[]): string[] {
    const codes = new PosCodes();
    return brief(reports.flatMap((report) => codes.push(body(report))));
  }

  it('look like those of the sheet', () => {
    const [first, second] = posReports(Buffer.from(code));
    expect(first?.subarray(0, 5)).toEqual(hex('02 38 5D 51 31'));
    expect(first?.subarray(61)).toEqual(hex('73 00 01'));
    expect(second?.subarray(0, 5)).toEqual(hex('02 04 5D 51 31'));
    expect(second?.subarray(61)).toEqual(hex('73 00 00'));
  });

  it.each([0, 1, 55, 56, 57, 112, 113, 1024])('carry a code of %i bytes', (length) => {
    const text = 'A'.repeat(length);
    expect(readPos(posReports(Buffer.from(text)))).toEqual(length === 0 ? [] : [text]);
  });

  it('carry UTF-8 that is split between reports, and lose a line end', () => {
    expect(readPos(posReports(Buffer.from('证'.repeat(100))))).toEqual(['证'.repeat(100)]);
    expect(readPos(posReports(Buffer.from('A\r\n')))).toEqual(['A']);
    expect(readPos(posReports(Buffer.from('A\u0000B')))).toEqual(['!control_characters 3']);
    expect(readPos(posReports(Uint8Array.of(0xff)))).toEqual(['!invalid_utf8 1']);
  });

  it('are given up once when too long', () => {
    expect(
      readPos([...posReports(new Uint8Array(5000).fill(0x41)), ...posReports(Buffer.from('B'))]),
    ).toEqual(['!too_long 4144', 'B']);
    expect(readPos(posReports(Buffer.from('A'.repeat(1025))))).toEqual(['!too_long 1025']);
  });

  it('are read as the maker of the sheet shows them', () => {
    const first = hex(`02 38 5D 51 30 ${'41'.repeat(56)} 73 00 01`);
    const second = hex(`02 04 5D 51 30 ${'42'.repeat(4)}${'00'.repeat(52)} 73 00 00`);
    expect(readPos([first, second])).toEqual([`${'A'.repeat(56)}BBBB`]);
  });

  it('of other makers have one more byte before the AIM identifier', () => {
    const shown = hex(`02 07 00 5d 51 31 47 50 31 3a 41 42 43${'00'.repeat(51)}`);
    expect(readPos([shown, shown])).toEqual(['GP1:ABC', 'GP1:ABC']);
    for (const length of [1, 55, 56, 57, 300]) {
      const text = 'GP1:'.padEnd(length, 'A').slice(0, length);
      expect(readPos(posReports(Buffer.from(text), ']Q1', 2))).toEqual([text]);
    }
  });

  it('are refused once a code, and never read as another, when the identifier is not where it belongs', () => {
    const nowhere = hex(`02 07 00 00 5d 51 31 47 50 31 3a 41 42 43${'00'.repeat(50)}`);
    expect(readPos([nowhere, nowhere])).toEqual(['!incomplete 0', '!incomplete 0']);
    const [first, second] = posReports(Buffer.from('A'.repeat(60)));
    const withoutAim = second?.slice().fill(0, 2, 5);
    expect(readPos([first, withoutAim, ...posReports(Buffer.from('B'))])).toEqual(['!incomplete 56', 'B']);
  });

  it('are incomplete when the next is of another kind, impossible, or does not come', () => {
    const [first] = posReports(Buffer.from(code));
    expect(readPos([first, ...posReports(Buffer.from('B'), ']C1')])).toEqual(['!incomplete 56', 'B']);
    const impossible = new Uint8Array(64).fill(0xff);
    expect(readPos([first, impossible, impossible, ...posReports(Buffer.from('A'))])).toEqual([
      '!incomplete 56',
    ]);
    const codes = new PosCodes();
    codes.push(body(first));
    expect(codes.pending).toBe(true);
    expect(brief(codes.flush())).toEqual(['!incomplete 56']);
    expect(codes.flush()).toEqual([]);
  });
});
