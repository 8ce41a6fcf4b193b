import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeCodeBytes, judgeCodeText } from '../../src/core/scan/scanned-code.ts';

const judge = (text: string) => judgeCodeBytes(Buffer.from(text));
const CODE = { type: 'code', text: 'GP1:A B' } as const;
const REFUSED = { type: 'rejected', cause: 'control_characters' } as const;

describe('one code', () => {
  it.each([
    'GP1:A B',
    'GP1:A B\n',
    'GP1:A B\r\n\r\n',
    'GP1:A B\t',
    'GP1:A B   ',
    'GP1:A B \r\n ',
    'GP1:A B\0\0',
    'GP1:A B\u0003',
    'GP1:A B\r\u0003',
    'GP1:A B\r\u001e\u0004',
    '\nGP1:A B',
    '\r\n\u0003GP1:A B\r',
    'GP1:A B\nFlat 12\n',
    'Flat 12\tGP1:A B',
  ])('is read out of %j', (text) => {
    expect(judge(text)).toEqual(CODE);
  });

  it.each([
    'GP1:A\u001bB',
    'GP1:A B\u001b',
    'GP1:A B\u001b\r',
    '\u001b[2JGP1:A B',
    '\u0002GP1:A B\u0003',
    'GP1:A\u001dB',
    'one\ntwo',
    'one\ttwo',
  ])('is none in %j', (text) => {
    expect(judge(text)).toMatchObject(REFUSED);
  });

  it.each(['', '\r\n', '  ', '\0', ' \t\u0003'])('is nothing in %j', (text) => {
    expect(judge(text)).toBeUndefined();
  });

  it('has at most 1,024 characters, not counting what stands behind it', () => {
    expect(judge(`${'A'.repeat(1024)}  \r\n`)).toMatchObject({ type: 'code' });
    expect(judge(`${'A'.repeat(1025)}\r\n`)).toMatchObject({ type: 'rejected', cause: 'too_long' });
    expect(judge(`${'A\n'.repeat(1025)}`)).toMatchObject({ type: 'rejected', cause: 'too_long' });
  });

  it('is judged in a moment, whatever stands around it', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\r', '\n', ' ', '\0', '\u0003', 'A'),
      maxLength: 4096,
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const code = judgeCodeText(text, text.length);
        if (code?.type === 'code') expect(code.text).toMatch(/^[^\p{Cc}]*[^\p{Cc} ]$/u);
      }),
    );
  });
});
