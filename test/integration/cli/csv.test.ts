import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../src/adapters/files/csv.ts';
import { csvLine } from '../../../src/core/text/csv-line.ts';

const read = (text: string) => readCsv(new TextEncoder().encode(text));
const fields = (text: string) => read(text).map((row) => row.fields);

describe('a comma-separated table', () => {
  it.each([
    [
      'a plain row',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'no line end at the end',
      'a,b\nc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a byte order mark', '\ufeffname\n王\n', [['name'], ['王']]],
    [
      'quotes, commas and line ends in quotes',
      '"a ""x"", y","b\r\nc"\r\nd,e',
      [
        ['a "x", y', 'b\r\nc'],
        ['d', 'e'],
      ],
    ],
    [
      'empty fields',
      ',,\n"",',
      [
        ['', '', ''],
        ['', ''],
      ],
    ],
    ['empty lines', 'a\n\n\r\nb\n', [['a'], ['b']]],
    ['nothing', '', []],
  ])('reads %s', (_, text, want) => {
    expect(fields(text)).toEqual(want);
  });

  it('numbers rows by the line on which they begin', () => {
    expect(read('a\n\n"b\nb\nb",c\nd').map(({ line }) => line)).toEqual([1, 3, 6]);
  });

  it.each([
    ['a quote that is never closed', 'a\n"b\n\n', /Line 2: a quote is opened and never closed/],
    ['a quote inside a plain field', 'a\nb"c\n', /Line 2: a quote stands inside/],
    ['letters after a closing quote', '"a"b\n', /Line 1: after a closing quote/],
    ['a lone carriage return', 'a\rb\n', /Line 1: a carriage return/],
    ['a row beyond 64 KiB', `a\n${'x'.repeat(65 * 1024)}\n`, /Line 2: the row is longer/],
    ['a quoted field beyond 64 KiB', `a\n"${'x'.repeat(65 * 1024)}"\n`, /Line 2: the row is longer/],
    ['many fields beyond 64 KiB', `a\n${'x,'.repeat(40 * 1024)}\n`, /Line 2: the row is longer/],
    ['100,001 rows', 'a\n'.repeat(100_002), /more than 100000 rows/],
  ])('refuses %s, naming the line', (_, text, message) => {
    expect(() => read(text)).toThrowError(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
    );
  });

  it('takes 100,000 rows below the header', () => {
    expect(read('a\n'.repeat(100_001))).toHaveLength(100_001);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => readCsv(Uint8Array.of(0x61, 0xcd, 0xf5))).toThrowError(/not UTF-8\. Save/);
  });

  it('reads UTF-16 behind its mark, as spreadsheets write "Unicode Text", and names what lacks it', () => {
    const words = '\ufeffname\tunit\r\n王秀英\t3-2\r\n';
    const wanted = [
      ['name', 'unit'],
      ['王秀英', '3-2'],
    ];
    const little = Buffer.from(words, 'utf16le');
    for (const bytes of [little, Buffer.from(little).swap16()])
      expect(readCsv(bytes, () => '\t').map((row) => row.fields)).toEqual(wanted);
    for (const bytes of [
      little.subarray(2),
      Buffer.from(little).swap16().subarray(2),
      little.subarray(0, -1),
      Buffer.from([0xff, 0xfe, 0x61, 0xd8, 0x61, 0x00]),
    ])
      expect(() => readCsv(bytes, () => '\t')).toThrowError(/UTF-16 .*Save it again as "CSV UTF-8"/);
  });

  it('reads back whatever it writes', () => {
    const cell = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { maxLength: 8 }), (rows) => {
        expect(fields(rows.map(csvLine).join(''))).toEqual(rows);
      }),
    );
  });

  it('never fails in another way than its own', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('"', ',', '\n', '\r', 'a', '王')), (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          expect(error).toMatchObject({ code: 'usage' });
        }
      }),
    );
  });
});
