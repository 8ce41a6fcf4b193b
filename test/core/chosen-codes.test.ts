import { expect, it } from 'vitest';
import { signPass } from '../../src/core/pass/issue-pass.ts';
import { chosenCodes } from '../../src/core/scan/chosen-codes.ts';
import { sampleClaims, testSigner } from '../support/gate/pass-samples.ts';

const pass = (passId: string) => signPass(sampleClaims({ passId }), testSigner('issuer'));
const FIRST = pass('0102030405060708');
const SECOND = pass('1112131415161718');

/** What is chosen of codes with these texts in one picture. */
function chosen(...texts: readonly (string | Uint8Array)[]): unknown[] {
  const codes = texts.map((text) => (typeof text === 'string' ? new TextEncoder().encode(text) : text));
  return chosenCodes(codes).map((code) => (code.type === 'code' ? code.text : code.cause));
}

it.each([
  ['no code', [], []],
  ['a pass beside a poster', ['https://example.org', FIRST], [FIRST]],
  ['two passes: one of them may hang on the wall', [FIRST, 'menu', SECOND], [FIRST, SECOND]],
  ['what begins as a pass before what has something of one', ['about GP1: passes', 'GP2:NEW'], ['GP2:NEW']],
  ['what has something of one before anything else', ['menu', 'see GR1:'], ['see GR1:']],
  ['one of two that are nothing', ['menu', 'opening hours'], ['menu']],
])('of %s', (_, texts, expected) => {
  expect(chosen(...texts)).toEqual(expected);
});

it('prefers what cannot be read to what is certainly no pass', () => {
  expect(chosen('menu', Uint8Array.of(0xff, 0xfe, 0xc0))).toEqual(['invalid_utf8']);
});
