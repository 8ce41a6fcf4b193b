import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedBegin, FeedState } from '../../../src/core/feed/gate-feed.ts';
import { GateFeed } from '../../../src/core/feed/gate-feed.ts';
import { NumberRanges } from '../../../src/core/feed/ranges.ts';
import { readEvent } from '../../../src/core/feed/read-event.ts';
import { FeedLog, uuidOf } from '../../support/broker/feed-log.ts';
import { accessGranted, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';

/** Follows a feed as a server that keeps everything: the first of a number stays. */
class Server {
  readonly held = new Map<string, string>();
  feed: GateFeed;

  constructor(from: FeedBegin = 'all') {
    this.feed = new GateFeed(from);
  }

  get view() {
    const view = this.feed.view();
    if (view === undefined) throw new Error('nothing is believed');
    return view;
  }

  take(log: FeedLog, sequence: number, isLive = true): void {
    this.takeBytes(log.body(sequence), isLive);
  }

  takeBytes(payload: Uint8Array, isLive = true): void {
    const read = readEvent(payload, { source: '/gates/willow-court/north', isLive });
    if ('aside' in read) {
      const { epoch, sequence } = read;
      this.feed.setAside(epoch === undefined || sequence === undefined ? undefined : { epoch, sequence });
      return;
    }
    const { event } = read;
    const place = `${event.epoch} ${event.sequence}`;
    const before = this.held.get(place);
    if (before === undefined) this.held.set(place, event.hash ?? event.id);
    else if (before !== (event.hash ?? event.id)) this.feed.raise('two-gates');
    if (before === undefined) this.feed.take(event);
  }

  told(log: FeedLog, { firstSeq = log.first, lastSeq = log.last, state = 'init', sinceMs = 1 } = {}): void {
    this.feed.tell({ epoch: log.epoch, firstSeq, lastSeq, state, sinceMs });
  }

  /** Asks until nothing is missing. @param lost which of the rows that are sent again do not come, by their count */
  close(log: FeedLog, lost: (count: number) => boolean = () => false): number {
    let count = 0;
    for (let asked = 0; asked < 100; asked += 1) {
      const ask = this.feed.ask(true);
      if (ask === undefined) return asked;
      const { sent, word } = log.replay(ask);
      for (const sequence of sent) {
        count += 1;
        if (!lost(count)) this.take(log, sequence, false);
      }
      this.feed.answered(ask, word);
    }
    throw new Error('it never ends');
  }
}

describe('a feed', () => {
  it('ends in the same state whatever is lost, late and repeated, once it was asked for again', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.nat({ max: 80 }), { maxLength: 120 }),
        fc.uniqueArray(fc.integer({ min: 2, max: 40 }), { maxLength: 12 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        (rows, arrivals, purged, losses, toldAt) => {
          const log = new FeedLog().fill(rows);
          for (const one of purged) if (one <= rows) log.purged.add(one);
          const server = new Server();
          const came = new Set<number>();
          for (const [at, arrival] of arrivals.entries()) {
            if (at === toldAt) server.told(log);
            const sequence = 1 + (arrival % rows);
            came.add(sequence);
            server.take(log, sequence);
          }
          server.told(log);
          server.close(log, (count) => losses[count] ?? false);
          const missing = [...log.purged].filter((one) => !came.has(one)).sort((a, b) => a - b);
          const ranges = new NumberRanges();
          for (const one of missing) ranges.add(one, one);
          expect(server.view).toEqual({
            epoch: log.epoch,
            epochs: [log.epoch],
            begin: 1,
            upTo: rows,
            last: Math.max(
              0,
              ...[...came],
              ...Array.from({ length: rows }, (_, at) => (log.purged.has(at + 1) ? 0 : at + 1)),
            ),
            events: rows - missing.length,
            gaps: [],
            purged: ranges.list,
            altered: [],
            aside: [],
            alarms: [],
          });
          expect(server.feed.receipt).toEqual({ epoch: log.epoch, upTo: rows });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('goes on from what was saved of it as if it had not been away', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 60 }),
        fc.nat({ max: 60 }),
        (arrivals, cut) => {
          const log = new FeedLog().fill(20);
          const [whole, resumed] = [new Server(), new Server()];
          whole.told(log);
          resumed.told(log);
          for (const [at, sequence] of arrivals.entries()) {
            whole.take(log, sequence);
            const saved: FeedState = JSON.parse(JSON.stringify(resumed.feed.state));
            if (at === cut) resumed.feed = new GateFeed('all', saved);
            resumed.take(log, sequence);
          }
          expect(resumed.feed.state).toEqual(whole.feed.state);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('misses nothing before the first number that is wanted', () => {
    const log = new FeedLog().fill(50);
    const all = new Server();
    all.told(log, { firstSeq: 40 });
    for (const one of [45, 46]) all.take(log, one);
    expect(all.view).toMatchObject({ begin: 40, upTo: 39, gaps: [[40, 44]], events: 2 });

    const late = new Server('now');
    late.told(log, { lastSeq: 30, state: 'ready' });
    late.take(log, 29);
    late.take(log, 44, false);
    expect(late.view).toMatchObject({ begin: 0, upTo: 0, gaps: [], events: 2 });
    expect(late.feed.receipt).toBeUndefined();
    for (const one of [47, 46, 49]) late.take(log, one);
    expect(late.view).toMatchObject({ begin: 47, upTo: 47, gaps: [[48, 48]], last: 49, events: 2 });
    expect(late.feed.receipt).toEqual({ epoch: log.epoch, upTo: 47 });
  });

  it('asks for gaps that lie near each other at once, and for what only was told if that is wanted', () => {
    const log = new FeedLog().fill(400);
    const server = new Server();
    server.told(log);
    expect(server.feed.ask(false)).toBeUndefined();
    expect(server.feed.ask(true)).toEqual({ epoch: log.epoch, from: 1, to: 400 });
    for (let one = 1; one <= 300; one += 1) if (![7, 9, 10, 200].includes(one)) server.take(log, one);
    expect(server.feed.ask(false)).toEqual({ epoch: log.epoch, from: 7, to: 10 });
    expect(server.view.gaps).toEqual([
      [7, 7],
      [9, 10],
      [200, 200],
    ]);
  });

  it('keeps a gap open that the gate has not answered for', () => {
    const log = new FeedLog().fill(9);
    const server = new Server();
    server.told(log);
    for (const one of [1, 2, 9]) server.take(log, one);
    const ask = { epoch: log.epoch, from: 3, to: 8 };
    server.feed.answered(ask, { result: 'refused', reason: 'not_allowed' });
    server.feed.answered(ask, {
      result: 'running',
      replay: { from: 3, to: 8, upTo: 5, purged: [], altered: [] },
    });
    expect(server.view).toMatchObject({ upTo: 2, gaps: [[3, 8]] });
    const replay = {
      from: 3,
      to: 8,
      upTo: 5,
      purged: [{ first: 3, last: 4 }],
      altered: [{ first: 5, last: 90 }],
    };
    server.feed.answered(ask, { result: 'failed', reason: 'broker_refused', replay });
    expect(server.view).toMatchObject({
      upTo: 5,
      gaps: [[6, 8]],
      purged: [[3, 4]],
      altered: [[5, 5]],
      alarms: ['altered'],
    });
    server.take(log, 4);
    expect(server.view).toMatchObject({ purged: [[3, 3]], events: 4 });
  });

  it('takes the reduced form of a row for the same row, and another row for another gate', () => {
    const log = new FeedLog();
    log.reset();
    log.append(accessGranted());
    log.append(accessGranted({ passage: 'passage-2' }));
    const server = new Server();
    server.told(log);
    server.take(log, 1);
    server.take(log, 2);
    server.takeBytes(log.reduced(2));
    server.takeBytes(log.reduced(3));
    server.take(log, 3);
    expect(server.view).toMatchObject({ events: 3, alarms: [] });

    const copy = new FeedLog();
    copy.reset();
    copy.append(accessGranted({ passage: 'another' }));
    server.take(copy, 2);
    expect(server.view).toMatchObject({ events: 3, alarms: ['two-gates'] });
  });

  it('knows two boots in turn from a restart', () => {
    const restarted = new FeedLog().fill(3);
    restarted.boot = uuidOf('second boot');
    restarted.fill(4);
    const inTurn = new FeedLog().fill(3);
    inTurn.boot = uuidOf('second boot');
    inTurn.append();
    inTurn.boot = uuidOf('boot');
    inTurn.append();
    for (const [log, alarms] of [
      [restarted, []],
      [inTurn, ['two-gates']],
    ] as const) {
      const server = new Server();
      for (const { body } of log.rows.toReversed()) server.takeBytes(body);
      expect(server.view.alarms).toEqual(alarms);
    }
  });

  it('sees a broken chain from either side, and none at a gap', () => {
    const one = new FeedLog().fill(6);
    const other = new FeedLog({ prevHash: 'ab'.repeat(32), first: 4 });
    for (let count = 0; count < 3; count += 1) other.append();
    for (const order of [
      [1, 2, 3, -4, -5],
      [-5, -4, 3, 2],
      [2, -4, 3],
    ]) {
      const server = new Server();
      for (const number of order) server.take(number < 0 ? other : one, Math.abs(number));
      expect(server.view.alarms).toEqual(['chain-broken']);
    }
    const gap = new Server();
    for (const number of [1, 2, 3, -5, -6]) gap.take(number < 0 ? other : one, Math.abs(number));
    expect(gap.view.alarms).toEqual([]);
    const first = new Server();
    first.takeBytes(new FeedLog({ prevHash: 'ab'.repeat(32) }).reset().body);
    expect(first.view.alarms).toEqual(['chain-broken']);
    const text = Buffer.from(one.body(2)).toString();
    const edited = new Server();
    edited.takeBytes(Buffer.from(text.replace('"Open"', '"Shut"')));
    expect(edited.view.alarms).toEqual([]);
    edited.take(one, 3);
    expect(edited.view.alarms).toEqual(['chain-broken']);
    const unsound = new Server();
    unsound.takeBytes(Buffer.from(text.replace(',', ', ')));
    expect(unsound.view.alarms).toEqual(['chain-broken']);
  });
});

describe('epochs', () => {
  const old = new FeedLog().fill(10);
  const before = { previousEpoch: old.epoch, previousSequence: 10 };

  it('follow each other when an older copy was put back, and what was lost is known', () => {
    const next = new FeedLog({ name: 'b', first: 8, prevHash: old.rows[6]?.hash ?? '' });
    next.reset('restored', before);
    next.fill(3);
    const server = new Server();
    server.told(old);
    for (const one of [1, 2, 3, 5, 6, 7, 8, 9, 10]) server.take(old, one);
    for (const one of [9, 8, 10]) server.take(next, one);
    server.told(next, { sinceMs: 2 });
    expect(server.view).toMatchObject({
      epoch: next.epoch,
      epochs: [old.epoch, next.epoch],
      begin: 8,
      upTo: 10,
      alarms: ['epoch-changed', 'went-back'],
    });
    expect(server.feed.receipt).toEqual({ epoch: old.epoch, upTo: 3 });
    server.close(old);
    expect(server.feed.receipt).toEqual({ epoch: next.epoch, upTo: 10 });
    expect(server.feed.view(old.epoch)).toMatchObject({ upTo: 10, gaps: [], events: 10 });
    expect(server.feed.view(uuidOf('never'))).toBeUndefined();
  });

  it('that are gone at the gate are named as not to be had', () => {
    const next = new FeedLog({ name: 'c' });
    next.reset('lost', before);
    const server = new Server();
    server.told(next);
    server.take(next, 1);
    expect(server.feed.ask(false)).toEqual({ epoch: old.epoch, from: 1, to: 10 });
    server.close(next);
    expect(server.feed.view(old.epoch)).toMatchObject({ events: 0, upTo: 10, purged: [[1, 10]], gaps: [] });
    expect(server.view).toMatchObject({
      epoch: next.epoch,
      epochs: [old.epoch, next.epoch],
      alarms: ['epoch-changed'],
    });
    expect(server.feed.receipt).toEqual({ epoch: next.epoch, upTo: 1 });
  });

  it('that are the present one again in an old message are not', () => {
    const next = new FeedLog({ name: 'b', first: 11 });
    next.reset('restored', before);
    const server = new Server();
    server.told(old, { sinceMs: 5 });
    server.take(next, 11);
    server.told(old, { sinceMs: 6 });
    expect(server.view.epoch).toBe(next.epoch);
  });

  it('went back where the gate itself has fewer rows than came of it, and not where the word is only old', () => {
    const recordedMs = SAMPLE_TIME_MS + 60_000;
    for (const [sinceMs, state, alarms] of [
      [recordedMs, 'init', ['went-back']],
      [recordedMs, 'lost', []],
      [SAMPLE_TIME_MS, 'init', []],
    ] as const) {
      const server = new Server();
      for (const { sequence } of old.rows) server.take(old, sequence);
      server.told(old, { lastSeq: 4, sinceMs, state });
      expect(server.view.alarms).toEqual(alarms);
    }
  });

  it('beyond any sense are not followed', () => {
    const server = new Server();
    for (let count = 0; count < 300; count += 1)
      server.takeBytes(new FeedLog({ name: `${count}` }).reset().body);
    expect(server.view.epochs).toHaveLength(256);
    expect(server.view.alarms).toContain('malformed');
  });
});

describe('a clock that is not believed', () => {
  it('is told by the newest event alone', () => {
    const log = new FeedLog();
    log.reset();
    log.append({ ...accessGranted(), timeQuality: 'unsynced' });
    log.append();
    const server = new Server();
    server.take(log, 2);
    expect(server.view.alarms).toEqual(['unsynced-clock']);
    server.take(log, 3);
    server.take(log, 1);
    expect(server.view.alarms).toEqual([]);
  });
});
