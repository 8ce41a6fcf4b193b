import { describe, expect, it } from 'vitest';
import type { StoredEvent } from '../../src/core/events/event.ts';
import type { EventLog, EventOutbox } from '../../src/ports/event-log.ts';
import type { PassMemory } from '../../src/ports/rule-store.ts';
import { accessGranted, doorOpened, SAMPLE_TIME_MS } from '../support/gate/event-samples.ts';

const STEP = Math.floor(SAMPLE_TIME_MS / 15_000);

interface LogUnderTest {
  readonly log: EventLog;
  readonly outbox: EventOutbox;
  readonly passMemory: PassMemory;
}

/** What every event log, outbox and pass memory must do, on a fresh one made by `make`. */
export function describeEventLog(title: string, make: () => Promise<LogUnderTest>): void {
  describe(`event log: ${title}`, () => {
    it('numbers events without a gap and hands out what it stored', async () => {
      const { log, outbox } = await make();
      const before = outbox.position().lastSequence;
      const first = log.commit({ events: [accessGranted(), doorOpened()] });
      const second = log.commit({ events: [doorOpened()] });
      expect([...first, ...second].map(({ sequence }) => sequence - before)).toEqual([1, 2, 3]);
      expect(outbox.readAfter(before, 10)).toEqual([...first, ...second]);
      expect(first[0]).toMatchObject({ name: 'access.granted', group: 'access' });
    });

    it('writes the sequence, epoch and a growing id into each body', async () => {
      const { log, outbox } = await make();
      const events = Array.from({ length: 50 }, () => log.commit({ events: [doorOpened()] })[0]);
      const bodies = events.map((event) => bodyOf(event));
      const { epoch } = outbox.position();
      for (const [index, body] of bodies.entries()) {
        expect(body).toMatchObject({ epoch, sequence: String(events[index]?.sequence).padStart(16, '0') });
      }
      const ids = bodies.map((body) => String(body.id));
      expect(ids).toEqual([...ids].sort());
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('gives the newest events of some names, newest first', async () => {
      const { log } = await make();
      for (let passage = 0; passage < 5; passage++) {
        log.commit({ events: [accessGranted({ passage: `p${passage}` }), doorOpened()] });
      }
      const recent = log.recent(['access.granted', 'access.denied'], 3);
      expect(recent.map((event) => Object(bodyOf(event).data).passage)).toEqual(['p4', 'p3', 'p2']);
      expect(log.recent(['access.granted', 'door.physical'], 2).map(({ name }) => name)).toEqual([
        'door.physical',
        'access.granted',
      ]);
      expect(log.recent([], 3)).toEqual([]);
    });

    it('keeps effects with their events', async () => {
      const { log, passMemory } = await make();
      expect(passMemory.stepSeen('00aa', STEP)).toBe(false);
      log.commit({
        events: [accessGranted()],
        effects: [{ kind: 'rememberStep', passId: '00aa', step: STEP }],
      });
      expect(passMemory.stepSeen('00aa', STEP)).toBe(true);
      expect(passMemory.stepSeen('00aa', STEP + 1)).toBe(false);
      expect(passMemory.stepSeen('00ab', STEP)).toBe(false);
    });

    it('takes back events and effects together when one of them cannot be written', async () => {
      const { log, outbox, passMemory } = await make();
      const before = outbox.position();
      const broken = { ...doorOpened(), data: { door: 'main', state: Number.NaN } };
      expect(() =>
        log.commit({
          events: [accessGranted(), broken as never],
          effects: [{ kind: 'rememberStep', passId: '00aa', step: STEP }],
        }),
      ).toThrow();
      expect(outbox.position()).toEqual(before);
      expect(passMemory.stepSeen('00aa', STEP)).toBe(false);
      expect(log.isWritable()).toBe(true);
      expect(log.commit({ events: [doorOpened()] })[0]?.sequence).toBe(before.lastSequence + 1);
    });

    it('moves the cursor only forward', async () => {
      const { log, outbox } = await make();
      log.commit({ events: [doorOpened(), doorOpened(), doorOpened()] });
      const { lastSequence } = outbox.position();
      outbox.advance(lastSequence - 1);
      outbox.advance(1);
      expect(outbox.position().publishedSequence).toBe(lastSequence - 1);
      outbox.advance(lastSequence);
      expect(outbox.position().publishedSequence).toBe(lastSequence);
    });

    it('reads a queue in portions', async () => {
      const { log, outbox } = await make();
      const start = outbox.position().lastSequence;
      log.commit({ events: Array.from({ length: 7 }, () => doorOpened()) });
      const first = outbox.readAfter(start, 5);
      expect(first).toHaveLength(5);
      expect(outbox.readAfter(first.at(-1)?.sequence ?? 0, 5)).toHaveLength(2);
    });

    it('calls listeners after the commit, until they leave', async () => {
      const { log, outbox } = await make();
      const seen: number[] = [];
      const leave = outbox.onCommitted(() => seen.push(outbox.position().lastSequence));
      const [event] = log.commit({ events: [doorOpened()] });
      leave();
      log.commit({ events: [doorOpened()] });
      expect(seen).toEqual([event?.sequence]);
    });

    it('lets no failing listener harm the commit or the other listeners', async () => {
      const { log, outbox } = await make();
      let called = 0;
      outbox.onCommitted(() => {
        throw new Error('listener');
      });
      outbox.onCommitted(() => {
        called += 1;
      });
      expect(log.commit({ events: [doorOpened()] })).toHaveLength(1);
      expect(called).toBe(1);
    });

    it('is writable, and a probe leaves no event behind', async () => {
      const { log, outbox } = await make();
      const before = outbox.position();
      log.probe();
      expect(log.isWritable()).toBe(true);
      expect(outbox.position()).toEqual(before);
    });
  });
}

function bodyOf(event: StoredEvent | undefined): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(event?.body));
}
