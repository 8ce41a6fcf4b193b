import { expect, it } from 'vitest';
import type { RecordedBytes } from '../../hardware/simulators/recording.ts';
import { DeviceRecorder } from '../../src/cli/devices/device-recorder.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';

const PASS = 'GP1:6BFOXN*TS0BI$ZD8UH:PM51L$ZD8UH';
const bytesOf = (text: string) => new TextEncoder().encode(text);

function makeRecorder({ testPasses = false } = {}) {
  const clock = new VirtualClock();
  const told: RecordedBytes[] = [];
  const ends: string[] = [];
  const recorder = new DeviceRecorder({
    clock,
    testPasses,
    onPiece: (piece) => told.push(piece),
    onEnd: (why) => ends.push(why),
  });
  return { clock, recorder, told, ends };
}

it('keeps what comes and goes with its times', () => {
  const { clock, recorder, told } = makeRecorder();
  recorder.sent(Uint8Array.of(0xa5));
  clock.advance(120);
  recorder.received(Uint8Array.of(0x5a, 0x5a));
  expect(recorder.pieces).toEqual([
    { atMs: 0, from: 'kiosk', bytes: Uint8Array.of(0xa5) },
    { atMs: 120, from: 'device', bytes: Uint8Array.of(0x5a, 0x5a) },
  ]);
  expect(told).toEqual(recorder.pieces);
});

it.each([
  ['a pass', [PASS]],
  ['a pass in small letters', [PASS.toLowerCase()]],
  ['a pass byte by byte', [...PASS]],
  ['a pass behind frames', ['\u001e\u0000', `\u0000${PASS}`]],
  ['another code', ['https://example.org/ticket/17']],
  ['another code in two pieces', ['https://e', 'xample.org']],
])('ends at %s of a scanner that nobody announced, and keeps nothing', (_name, pieces) => {
  const { recorder, ends } = makeRecorder();
  recorder.received(Uint8Array.of(0x5a, 0x5a, 0x45));
  for (const piece of pieces) recorder.received(bytesOf(piece));
  expect(recorder.pieces).toEqual([]);
  expect([recorder.end, ...ends]).toEqual(['scanner', 'scanner']);
});

it('keeps test passes that were announced', () => {
  const { recorder, ends } = makeRecorder({ testPasses: true });
  recorder.received(bytesOf(`${PASS}\r`));
  expect(Buffer.concat(recorder.pieces.map(({ bytes }) => bytes)).toString()).toBe(`${PASS}\r`);
  expect(ends).toEqual([]);
});

it('takes no more than a mebibyte, and keeps what it has', () => {
  const { recorder, ends } = makeRecorder();
  for (let at = 0; at < 300; at++) recorder.received(new Uint8Array(4096));
  expect(recorder.pieces).toHaveLength(256);
  expect(ends).toEqual(['full']);
});
