import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import { MOST_EVENT_BYTES, readEvent } from '../../../src/core/feed/read-event.ts';
import { FeedLog } from '../../support/broker/feed-log.ts';

const log = new FeedLog().fill(2);
const SOURCE = { source: log.source, isLive: true };
const whole = JSON.parse(Buffer.from(log.body(2)).toString());
const bytes = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value));
const read = (value: object) => readEvent(bytes({ ...whole, ...value }), SOURCE);

describe('what comes on an event topic', () => {
  it('is an event with the hash of its row', () => {
    expect(readEvent(log.body(2), SOURCE)).toMatchObject({
      event: {
        sequence: 2,
        hash: log.rows[1]?.hash,
        isUnsound: false,
        name: 'door.physical',
        isUnsynced: false,
      },
    });
  });

  it('may have members, types and versions that nobody knows', () => {
    expect(
      read({
        traceparent: '00-x',
        type: 'io.gatepost.door.sung.v1',
        dataschema: 'urn:gatepost:event:door.sung:v1',
      }),
    ).toMatchObject({ event: { name: 'door.sung', isUnsound: false, hash: expect.any(String) } });
    expect(read({ type: 'io.gatepost.door.physical.v2' })).toMatchObject({
      event: { isUnsound: false, name: 'door.physical' },
    });
    expect(read({ data: { ...whole.data, more: [{ a: null }] } })).toMatchObject({
      event: { isUnsound: false },
    });
  });

  it.each([
    ['a text', 'hello', 'not_json'],
    ['half a character', Buffer.from([0x7b, 0xc3, 0x7d]), 'not_json'],
    ['a list', '[]', 'not_json'],
    ['nothing', '', 'not_json'],
    ['another gate', bytes({ ...whole, source: '/gates/willow-court/south' }), 'foreign_source'],
    ['no epoch', bytes({ ...whole, epoch: 'first' }), 'not_an_event'],
    ['a number that is none', bytes({ ...whole, sequence: '-000000000000001' }), 'not_an_event'],
    ['no number', bytes({ ...whole, sequence: '0000000000000000' }), 'not_an_event'],
    ['more than any number', 'x'.repeat(1024 * 1024 + 1), 'too_large'],
  ])('is set aside without a number: %s', (_, payload, aside) => {
    expect(readEvent(Buffer.from(payload as string), SOURCE)).toEqual({ aside });
  });

  it.each([
    ['NUL', { subject: 'a\0b' }, 'bad_text'],
    ['half a surrogate pair', { subject: 'a\ud83d' }, 'bad_text'],
    ['the same in a name', { data: { 'a\udc00': 1 } }, 'bad_text'],
    ['a day that is none', { time: '2020-02-31x' }, 'bad_time'],
    ['a year that no calendar has', { time: '+275760-09-13T00:00:00.000Z' }, 'bad_time'],
    ['an id that is none', { id: 'x' }, 'not_an_event'],
    ['a link that is none', { prevhash: 'x' }, 'not_an_event'],
    ['a type without end', { type: 'x'.repeat(300) }, 'not_an_event'],
    ['nesting without end', { data: JSON.parse(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`) }, 'too_deep'],
    ['a size that nobody keeps', { data: { note: 'x'.repeat(MOST_EVENT_BYTES) } }, 'too_large'],
  ])('is set aside with its number: %s', (_, change, aside) => {
    expect(read(change)).toEqual({ aside, epoch: log.epoch, sequence: 2 });
  });

  it('is set aside where a number is larger than any', () => {
    const text = Buffer.from(log.body(2)).toString().replace('"door":"main"', '"door":1e999');
    expect(readEvent(Buffer.from(text), SOURCE)).toEqual({
      aside: 'bad_text',
      epoch: log.epoch,
      sequence: 2,
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json({ maxDepth: 5 }).map((text) => Buffer.from(text)),
        ),
        (payload) => {
          readEvent(payload, SOURCE);
        },
      ),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(whole)), fc.jsonValue(), (member, value) => {
        read({ [member]: value });
      }),
    );
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(readEvent(Buffer.from(`{"source":"${log.source}","a":${deep}}`), SOURCE)).toHaveProperty('aside');
  });
});
