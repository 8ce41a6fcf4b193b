import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/adapters/sqlite/store.ts';
import { Attention } from '../../src/app/board/attention.ts';
import { HistoryWatch } from '../../src/app/board/history-watch.ts';
import { Checkpoints } from '../../src/app/log/checkpoints.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { createSigner } from '../../src/core/pass/issue-pass.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { doorOpened } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const newKey = () => createSigner(generateKeyPairSync('ed25519').privateKey);
const PLACE = { site: 'willow-court', gate: 'north' };

/** A gate with its own key, whose whole store can be put back as it was, marks and all: nothing in it tells. */
class Rig {
  readonly key = newKey();
  readonly clock = new VirtualClock();
  readonly folder = temporaryFolder();
  readonly state = new PresentState();
  doubted = 0;
  #image: readonly (readonly [string, Buffer])[] = [];

  open(): Promise<Store> {
    return openStore(this.folder, this);
  }

  take(): void {
    this.#image = this.#files().map((path) => [path, readFileSync(path)]);
  }

  /** Into the same files: they are not copies. */
  putBack(): void {
    const kept = new Set(this.#image.map(([path]) => path));
    for (const path of this.#files()) if (!kept.has(path)) rmSync(path);
    for (const [path, bytes] of this.#image) writeFileSync(path, bytes);
  }

  /** The signed text of the log as it is now. */
  async checkpoint(store: Store, { key = this.key, gate = PLACE.gate } = {}): Promise<string> {
    const { clock, state } = this;
    const logger = new SilentLogger();
    const notes = new EventWriter({ log: store.log, clock, logger });
    const { tree, checkpoints: book } = store;
    const parts = { tree, book, signer: () => key, trusted: () => [], notes, state, clock, logger };
    return new Checkpoints({ ...parts, ...PLACE, gate }).order('chen');
  }

  /** What the gate does with what the broker has kept. */
  remembers(store: Store, note: unknown): void {
    const { clock, state } = this;
    new HistoryWatch({
      log: store.log,
      tree: store.tree,
      signer: () => this.key,
      attention: new Attention({ state }),
      onWentBack: () => {
        this.doubted += 1;
      },
      clock,
      logger: new SilentLogger(),
      ...PLACE,
    }).remembered(new TextEncoder().encode(JSON.stringify({ note })));
  }

  #files(): readonly string[] {
    return readdirSync(this.folder)
      .map((name) => join(this.folder, name))
      .filter((path) => statSync(path).isFile());
  }
}

function write(store: Store, count: number): void {
  for (let one = 0; one < count; one++) store.log.commit({ events: [doorOpened()] });
}

function resets(store: Store): unknown[] {
  return store.log
    .recent(['log.reset'], 10)
    .map(({ body }) => JSON.parse(new TextDecoder().decode(body)).data);
}

/** A log of which the last rows are gone without a trace, and what the gate had signed about them. */
async function wentBack(): Promise<{ rig: Rig; store: Store; note: string; epoch: string; last: number }> {
  const rig = new Rig();
  const first = await rig.open();
  write(first, 10);
  await first.stop();
  rig.take();
  const second = await rig.open();
  write(second, 20);
  const { epoch, lastSequence: last } = second.outbox.position();
  const note = await rig.checkpoint(second);
  await second.stop();
  rig.putBack();
  const store = await rig.open();
  expect(store.outbox.position().epoch).toBe(epoch);
  return { rig, store, note, epoch, last };
}

describe('a checkpoint of the gate itself that somebody else has kept', () => {
  it('proves that the log went back: a new epoch, an alarm, and its records are doubted, once', async () => {
    const { rig, store, note, epoch, last } = await wentBack();
    rig.remembers(store, note);
    expect(resets(store)[0]).toEqual({ cause: 'restored', previousEpoch: epoch, previousSequence: last });
    expect(store.outbox.position().epoch).not.toBe(epoch);
    expect(rig.state.attention.values[0]).toMatchObject([{ kind: 'logReset' }]);
    expect(rig.doubted).toBe(1);
    expect(store.records.doubtedSinceMs()).toBeDefined();
    write(store, 3);
    await store.stop();

    const again = await rig.open();
    expect(again.records.doubtedSinceMs()).toBeDefined();
    const { epoch: next } = again.outbox.position();
    rig.remembers(again, note);
    expect(again.outbox.position().epoch).toBe(next);
    expect(rig.doubted).toBe(1);
    expect(resets(again)).toHaveLength(2);
  });

  it('proves it too where the log has grown beyond it since', async () => {
    const { rig, store, note, last } = await wentBack();
    write(store, 60);
    rig.remembers(store, note);
    expect(resets(store)[0]).toMatchObject({ cause: 'restored', previousSequence: last });
  });

  it('proves it where it is of a later epoch that this log does not know', async () => {
    const rig = new Rig();
    const first = await rig.open();
    write(first, 10);
    await first.stop();
    rig.take();
    const second = await rig.open();
    rig.clock.advance(60_000);
    second.log.renew({ epoch: second.outbox.position().epoch });
    const later = second.outbox.position().epoch;
    const note = await rig.checkpoint(second);
    await second.stop();
    rig.putBack();
    const third = await rig.open();
    rig.remembers(third, note);
    expect(resets(third)[0]).toEqual({ cause: 'restored', previousEpoch: later });
    rig.remembers(third, note);
    expect(rig.doubted).toBe(1);
  });

  it('says nothing about a log that has only grown', async () => {
    const rig = new Rig();
    const store = await rig.open();
    write(store, 300);
    const note = await rig.checkpoint(store);
    rig.remembers(store, note);
    write(store, 300);
    rig.remembers(store, note);
    store.log.renew({ epoch: store.outbox.position().epoch });
    rig.remembers(store, note);
    expect(rig.doubted).toBe(0);
  });

  it('proves nothing where another key has signed it, for another gate, or where it is none', async () => {
    const { rig, store, note, epoch } = await wentBack();
    const other = new Rig();
    const stranger = await other.open();
    write(stranger, 90);
    for (const text of [
      await rig.checkpoint(stranger, { key: newKey() }),
      await rig.checkpoint(stranger, { gate: 'south' }),
      note.replace(/\n31\n/, '\n9000\n'),
      note.slice(0, -20),
      '',
      17,
      undefined,
      'x'.repeat(20_000),
    ])
      rig.remembers(store, text);
    expect(rig.doubted).toBe(0);
    expect(store.outbox.position().epoch).toBe(epoch);
  });
});
