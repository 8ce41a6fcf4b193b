import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodeFramer } from '../../hardware/scanner-serial/codec.ts';
import { MAX_CODE_BYTES, MAX_CODE_CHARACTERS } from '../../src/core/scan/scanned-code.ts';

/** Everything a framer makes of the chunks, in short form. */
function read(...chunks: (string | Uint8Array | number[])[]): string[] {
  const framer = new CodeFramer();
  return chunks
    .flatMap((chunk) => framer.push(typeof chunk === 'string' ? Buffer.from(chunk) : Uint8Array.from(chunk)))
    .map((code) => (code.type === 'code' ? code.text : `!${code.cause} ${code.lengthBytes}`));
}

describe('CodeFramer', () => {
  it.each<[string, string, string[]]>([
    ['CR', 'ABC\rDEF\r', ['ABC', 'DEF']],
    ['LF', 'ABC\nDEF\n', ['ABC', 'DEF']],
    ['CRLF', 'ABC\r\nDEF\r\n', ['ABC', 'DEF']],
    ['Tab', 'ABC\tDEF\t', ['ABC', 'DEF']],
    ['Tab before CR', 'ABC\t\rDEF\t\r\n', ['ABC', 'DEF']],
    ['a mixture', 'ABC\rDEF\n\r\nGHI\r\n', ['ABC', 'DEF', 'GHI']],
    ['empty lines', '\r\r\n\n\t\r', []],
    ['no end', 'ABC', []],
    ['spaces, which are kept but at the end', '  A B  \r', ['  A B']],
    ['blanks alone', '  \r \r', []],
    ['CR NUL', 'A\r\0B\r\0', ['A', 'B']],
    ['CR ETX', 'A\r\u0003B\r\u0003', ['A', 'B']],
    ['NUL and ETX before the line end', 'A\0\rB\u0003\r', ['A', 'B']],
    ['STX behind a line end, which is none of it', 'A\r\u0002B\r', ['A', '!control_characters 2']],
    ['ESC at the end', 'A\u001b\r', ['!control_characters 2']],
    ['a byte order mark, which is kept', '\ufeffA\r', ['\ufeffA']],
    ['a NUL inside', 'A\0B\r', ['!control_characters 3']],
    ['NULs that fill up', '\0\0A\r\0', ['!control_characters 3']],
    ['NULs alone, as many as pad', `A\r${'\0'.repeat(31)}\r`, ['A']],
    [
      'NULs alone, as of another speed',
      `${'\0'.repeat(40)}\rA\r${'\0'.repeat(32)}\r`,
      ['!no_text 40', 'A', '!no_text 32'],
    ],
    ['more controls than anything else', '\u0018\u0006A\u001e\u0007B\r', ['!no_text 6']],
    ['a C1 control character', 'A\u0085B\r', ['!control_characters 4']],
  ])('reads %s', (_name, bytes, codes) => {
    expect(read(bytes)).toEqual(codes);
  });

  it('reads a code that is split at any byte', () => {
    const bytes = Buffer.from('通行证-Ä-🚪\r\nGP1:X\r');
    for (let at = 0; at <= bytes.length; at++) {
      expect(read(bytes.subarray(0, at), bytes.subarray(at))).toEqual(['通行证-Ä-🚪', 'GP1:X']);
    }
  });

  it('takes 1,024 characters and not one more', () => {
    expect(MAX_CODE_CHARACTERS).toBe(1024);
    const longest = 'A'.repeat(1024);
    expect(read(`${longest}\r`)).toEqual([longest]);
    expect(read(`${longest}B\rC\r`)).toEqual(['!too_long 1025', 'C']);
    const threeBytesEach = '证'.repeat(1024);
    expect(read(`${threeBytesEach}\r`)).toEqual([threeBytesEach]);
  });

  it('gives up a line of more than 4,096 bytes once', () => {
    expect(MAX_CODE_BYTES).toBe(4096);
    expect(read('A'.repeat(4096), '\rB\r')).toEqual(['!too_long 4096', 'B']);
    expect(read('A'.repeat(4097), 'A'.repeat(9000), '\rB\r')).toEqual(['!too_long 4097', 'B']);
  });

  it.each<[string, number[]]>([
    ['a lone continuation byte', [0x41, 0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a character that breaks off', [0xe8, 0xaf]],
    ['a byte that never occurs', [0xff]],
  ])('rejects %s', (_name, bytes) => {
    expect(read([...bytes, 0x0d], 'next\r')).toEqual([`!invalid_utf8 ${bytes.length}`, 'next']);
  });

  it('takes no byte beyond ASCII for a control character behind a line end', () => {
    expect(read('A\r', [0x99, 0x0d], [0x85, 0x41, 0x0d])).toEqual([
      'A',
      '!invalid_utf8 1',
      '!invalid_utf8 2',
    ]);
  });

  it('rejects a scan with a module reply glued to it', () => {
    expect(read([0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31], 'GP1:X\rGP1:Y\r')).toEqual([
      '!control_characters 12',
      'GP1:Y',
    ]);
  });

  it('ends a code at flush() and has nothing to flush twice', () => {
    const framer = new CodeFramer();
    framer.push(Buffer.from('ABC'));
    expect(framer.pending).toBe(true);
    expect(framer.flush()).toEqual({ type: 'code', text: 'ABC' });
    expect(framer.pending).toBe(false);
    expect(framer.flush()).toBeUndefined();
  });

  it('makes the same of any bytes however they are cut, and never more than it may', () => {
    const anyBytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Uint8Array.from(Buffer.from(text))),
    );
    fc.assert(
      fc.property(fc.array(anyBytes, { maxLength: 20 }), (chunks) => {
        const codes = read(...chunks);
        expect(read(Buffer.concat(chunks))).toEqual(codes);
        for (const code of codes) {
          expect(code.length).toBeGreaterThan(0);
          expect(code.length).toBeLessThanOrEqual(MAX_CODE_CHARACTERS);
          expect(code).not.toMatch(/[\r\n\t]/);
        }
      }),
    );
  });

  it('reports exactly the lines that are text', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
      .filter((s) => !/\p{Cc}| $/u.test(s));
    const end = fc.constantFrom('\r', '\n', '\r\n', '\t');
    fc.assert(
      fc.property(fc.array(fc.tuple(line, end)), (lines) => {
        expect(read(...lines.flat())).toEqual(lines.map(([text]) => text));
      }),
    );
  });
});
