import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/adapters/sqlite/store.ts';
import { Checkpoints } from '../../src/app/log/checkpoints.ts';
import { EventWriter } from '../../src/app/log/event-writer.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import type { ListedKey } from '../../src/core/bundle/trust-content.ts';
import { createSigner, type Signer } from '../../src/core/pass/issue-pass.ts';
import { isCheckpointOf, parseCheckpoint } from '../../src/core/proof/checkpoint.ts';
import { isConsistent } from '../../src/core/proof/verify-proof.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const NEVER = new AbortController().signal;
const MINUTE = 60_000;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const newSigner = (): Signer => createSigner(generateKeyPairSync('ed25519').privateKey);

class Rig {
  readonly clock = new VirtualClock();
  readonly state = new PresentState();
  readonly logger = new SilentLogger();
  readonly key = newSigner();
  trusted: readonly ListedKey[] = [];
  readonly told: string[] = [];
  readonly #folder = temporaryFolder();

  open(): Promise<Store> {
    return openStore(this.#folder, this);
  }

  checkpointsOf(store: Store, key = this.key): Checkpoints {
    const { clock, state, logger } = this;
    return new Checkpoints({
      tree: store.tree,
      book: store.checkpoints,
      signer: () => key,
      trusted: () => this.trusted,
      notes: new EventWriter({ log: store.log, clock, logger }),
      state,
      onAltered: (detail) => this.told.push(detail),
      clock,
      logger,
      site: 'willow-court',
      gate: 'north',
    });
  }
}

function pass(store: Store, count: number): void {
  store.log.commit({ events: Array.from({ length: count }, () => accessGranted()) });
}

/** The line of a cosignature (C2SP tlog-cosignature). */
function cosigned(note: string, name: string, privateKey: KeyObject): string {
  const text = note.slice(0, note.indexOf('\n\n') + 1);
  const { publicKey } = createSigner(privateKey);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(1_582_531_200n);
  const keyHash = hash('sha256', Buffer.concat([utf8(`${name}\n`), Buffer.of(4), publicKey]), 'buffer');
  const value = sign(null, utf8(`cosignature/v1\ntime 1582531200\n${text}`), privateKey);
  return `${note}\u2014 ${name} ${Buffer.concat([keyHash.subarray(0, 4), time, value]).toString('base64')}\n`;
}

describe('checkpoints', () => {
  it('are made every 15 minutes while the log grows, and only then', async () => {
    const rig = new Rig();
    const store = await rig.open();
    const checkpoints = rig.checkpointsOf(store);
    await checkpoints.start(NEVER);
    pass(store, 300);
    await rig.clock.advance(14 * MINUTE);
    expect(rig.state.checkpoint.values).toEqual([]);
    await rig.clock.advance(2 * MINUTE);
    const [first] = rig.state.checkpoint.values;
    expect(first).toMatchObject({ size: 301, epoch: store.outbox.position().epoch });
    const read = parseCheckpoint(utf8(first?.note ?? ''));
    expect(isCheckpointOf(read, rig.key.publicKey)).toBe(true);
    expect(read).toMatchObject({
      origin: `gatepost/willow-court/north/${first?.epoch}`,
      size: 301,
      root: new Uint8Array(store.tree.rootAt(first?.epoch ?? '', 301) ?? []),
    });
    await rig.clock.advance(60 * MINUTE);
    expect(store.checkpoints.kept()).toHaveLength(1);
    pass(store, 1);
    await rig.clock.advance(16 * MINUTE);
    expect(store.checkpoints.kept().map(({ size }) => size)).toEqual([302, 301]);
  });

  it('are made at the stop and by order, with an event that says so', async () => {
    const rig = new Rig();
    const store = await rig.open();
    const checkpoints = rig.checkpointsOf(store);
    await checkpoints.start(NEVER);
    pass(store, 700);
    const note = await checkpoints.order('root');
    expect(parseCheckpoint(utf8(note)).size).toBe(701);
    pass(store, 1);
    await checkpoints.stop();
    expect(store.checkpoints.kept().map(({ size }) => size)).toEqual([703, 701]);
    const events = store.log
      .recent(['log.checkpoint'], 9)
      .map(({ body }) => JSON.parse(Buffer.from(body).toString()));
    expect(events.map(({ data }) => data)).toMatchObject([
      { size: 703, by: 'auto' },
      { size: 701, by: 'root' },
    ]);
  });

  it('continue over a restart, from subtrees that are stored', async () => {
    const rig = new Rig();
    const first = await rig.open();
    const before = rig.checkpointsOf(first);
    await before.start(NEVER);
    pass(first, 1000);
    await before.stop();
    await first.stop();
    const store = await rig.open();
    const after = rig.checkpointsOf(store);
    await after.start(NEVER);
    expect(rig.state.checkpoint.values).toMatchObject([{ size: 1001 }]);
    pass(store, 2000);
    const note = await after.order('root');
    const { size, root } = parseCheckpoint(utf8(note));
    expect(size).toBe(3002);
    const [, old] = store.checkpoints.kept();
    const older = parseCheckpoint(utf8(old?.note ?? ''));
    const proof = store.tree.consistency(old?.epoch ?? '', older.size, size) ?? [];
    const roots = { firstRoot: older.root, secondRoot: root };
    expect(isConsistent({ first: older.size, second: size, ...roots, proof })).toBe(true);
  });

  it('are not signed over a history that differs from the last one, which is told once', async () => {
    const rig = new Rig();
    const store = await rig.open();
    const checkpoints = rig.checkpointsOf(store);
    await checkpoints.start(NEVER);
    pass(store, 10);
    await checkpoints.order('root');
    await checkpoints.stop();
    store.checkpoints.keep({ ...(store.checkpoints.kept()[0] ?? { epoch: '', note: '' }), size: 5 });
    const again = rig.checkpointsOf(store);
    await again.start(NEVER);
    expect(rig.told).toHaveLength(1);
    await expect(again.order('root')).rejects.toMatchObject({ code: 'log.altered' });
    await expect(again.order('root')).rejects.toMatchObject({ code: 'log.altered' });
    expect(rig.told).toEqual([expect.stringContaining('at its last checkpoint, of 5 events')]);
    await again.stop();
  });

  it('are bounded in number, the newest kept', async () => {
    const rig = new Rig();
    const store = await rig.open();
    const { epoch } = store.outbox.position();
    for (let size = 1; size <= 300; size++) store.checkpoints.keep({ epoch, size, note: `${size}` });
    expect(store.checkpoints.kept()).toHaveLength(192);
    expect(store.checkpoints.kept()[0]).toMatchObject({ size: 300 });
  });
});

describe('a co-signed checkpoint', () => {
  const witness = generateKeyPairSync('ed25519');
  const listed: ListedKey = {
    name: 'centre.example/witness',
    publicKey: createSigner(witness.privateKey).publicKey,
    use: 'witness',
    status: 'active',
  };

  async function rigWithOne() {
    const rig = new Rig();
    rig.trusted = [listed];
    const store = await rig.open();
    const checkpoints = rig.checkpointsOf(store);
    await checkpoints.start(NEVER);
    pass(store, 20);
    return { rig, store, checkpoints, note: await checkpoints.order('root') };
  }

  it('is kept if it is of this log, and only the newest', async () => {
    const { store, checkpoints, note } = await rigWithOne();
    const first = cosigned(note, listed.name, witness.privateKey);
    expect(checkpoints.takeCosigned(utf8(first))).toBe('kept');
    expect(checkpoints.takeCosigned(utf8(first))).toBe('unchanged');
    pass(store, 5);
    const second = cosigned(await checkpoints.order('root'), listed.name, witness.privateKey);
    expect(checkpoints.takeCosigned(utf8(second))).toBe('kept');
    expect(checkpoints.takeCosigned(utf8(first))).toBe('unchanged');
    expect(store.checkpoints.cosigned()).toMatchObject({ note: second });
    expect(store.checkpoints.kept().map(({ size }) => size)).toEqual([27, 21]);
  });

  it('is refused without a witness, of a strange key, of another gate, and of another history', async () => {
    const { rig, store, checkpoints, note } = await rigWithOne();
    const refused = (text: string) =>
      expect(() => checkpoints.takeCosigned(utf8(text))).toThrow(
        expect.objectContaining({ code: 'checkpoint.invalid' }),
      );
    refused(note);
    refused('nothing');
    refused(cosigned(note, 'somebody', witness.privateKey));
    refused(cosigned(note, listed.name, generateKeyPairSync('ed25519').privateKey));
    const stranger = rig.checkpointsOf(store, newSigner());
    refused(cosigned(await stranger.order('root'), listed.name, witness.privateKey));
    rig.trusted = [{ ...listed, status: 'withdrawn' }];
    refused(cosigned(note, listed.name, witness.privateKey));
    rig.trusted = [{ ...listed, use: 'pass' }];
    refused(cosigned(note, listed.name, witness.privateKey));
    expect(store.checkpoints.cosigned()).toBeUndefined();
  });
});
