import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ListedRevocations } from '../../src/app/lists/listed-facts.ts';
import { BUNDLE_TYPES, type BundleSource, MAX_BUNDLE_BYTES } from '../../src/core/bundle/bundle.ts';
import { policyContent } from '../../src/core/bundle/content.ts';
import { revocationsContent } from '../../src/core/bundle/revocations.ts';
import { trustContent } from '../../src/core/bundle/trust-content.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { createSigner, signPass } from '../../src/core/pass/issue-pass.ts';
import { readPass } from '../../src/core/pass/read-pass.ts';
import type { BundleAnswer } from '../../src/ports/bundles.ts';
import { CENTRE_KEY, DAY_S, OFFICE, OFFICE_KEY, ROOT, sampleBundle } from '../support/gate/bundle-samples.ts';
import { type DistributionRig, SetClock, startDistribution } from '../support/gate/distribution-rig.ts';
import { NOW_S, privateKeyOf, sampleClaims, trustedKey } from '../support/gate/pass-samples.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const give = (
  rig: DistributionRig,
  bytes: Uint8Array,
  source: BundleSource = 'apply',
): Promise<BundleAnswer> => rig.distribution.receive({ bytes, source });
const word = (answer: BundleAnswer): string => (answer.status === 'refused' ? answer.refusal : answer.status);
const filesIn = (folder: string): string[] => readdirSync(join(folder, 'bundles'));

async function rig(
  options: Parameters<typeof startDistribution>[1] = {},
): Promise<DistributionRig & { folder: string }> {
  const folder = temporaryFolder();
  const started = await startDistribution(await openStore(folder), options);
  return { ...started, folder };
}

describe('Distribution', () => {
  it('takes all five lists and writes each into the log', async () => {
    const gate = await rig();
    for (const type of BUNDLE_TYPES) expect(word(await give(gate, sampleBundle(type)))).toBe('applied');
    expect(gate.events().map(({ name, data }) => [name, data.list, data.number])).toEqual([
      ['policy.applied', 'trust', 1],
      ['policy.applied', 'revocations', 1],
      ['policy.applied', 'policy', 1],
      ['policy.applied', 'orders', 1],
      ['directory.applied', 'directory', 1],
    ]);
    expect(gate.changes.filter((type) => type !== undefined)).toEqual([...BUNDLE_TYPES]);
    expect(filesIn(gate.folder)).toHaveLength(5);
    expect(gate.inForce.content('directory')?.directory.find('0a0b0c0d0e0f')?.label).toBe('王秀英');
    expect(gate.inForce.views(NOW_S * 1000).map(({ state }) => state)).toEqual(Array(5).fill('good'));
  });

  it('leaves what is in force alone whatever is refused, and says why in the log', async () => {
    const gate = await rig({
      judgePolicy: (json) => {
        if (json.includes('nonsense'))
          throw new GatepostError('bundle.refused', 'There is no level nonsense');
      },
    });
    await give(gate, sampleBundle('trust'));
    await give(gate, sampleBundle('revocations', { number: 5 }));
    await give(gate, sampleBundle('policy', { number: 5 }));
    const good = sampleBundle('revocations', { number: 6 });
    const forged = good.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    const cases: [string, Uint8Array][] = [
      ['signature_invalid', forged],
      ['malformed', good.subarray(0, good.length - 1)],
      ['old_number', sampleBundle('revocations', { number: 4 })],
      ['old_number', sampleBundle('revocations', { number: 5, nextUpdate: NOW_S + 9 })],
      ['wrong_site', sampleBundle('revocations', { number: 6, site: 'elm-court' })],
      ['unknown_signer', sampleBundle('revocations', { number: 6, signer: OFFICE })],
      ['unknown_signer', sampleBundle('revocations', { number: 6, signer: ROOT })],
      ['unknown_signer', sampleBundle('trust', { number: 6, signer: OFFICE })],
      ['content_invalid', sampleBundle('policy', { number: 6, content: policyContent('nonsense') })],
      ['too_large', new Uint8Array(MAX_BUNDLE_BYTES + 1)],
    ];
    for (const [refusal, bytes] of cases) expect(word(await give(gate, bytes))).toBe(refusal);
    const rejected = gate.events().filter(({ name }) => name === 'policy.rejected');
    expect(rejected.map(({ data }) => data.cause)).toEqual(cases.map(([refusal]) => refusal));
    expect(gate.inForce.kept('revocations')?.number).toBe(5);
    expect(gate.inForce.kept('policy')?.number).toBe(5);
    expect(filesIn(gate.folder)).toHaveLength(3);
    expect(word(await give(gate, good))).toBe('applied');
  });

  it('takes nothing without a root key, and nothing but trust before there is trust', async () => {
    const closed = await rig({ rootKey: undefined });
    expect(word(await give(closed, sampleBundle('trust')))).toBe('no_root_key');
    const gate = await rig();
    expect(word(await give(gate, sampleBundle('orders')))).toBe('unknown_signer');
  });

  it('lets no number of a withdrawn key stand in the way, and says whose list it goes by until then', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const gate = await startDistribution(store);
    const current = createSigner(privateKeyOf('5a'.repeat(32)));
    const thief = { ...CENTRE_KEY, status: 'withdrawn' } as const;
    const fresh = { ...CENTRE_KEY, publicKey: current.publicKey, name: 'New centre' };
    await give(gate, sampleBundle('trust'));
    expect(word(await give(gate, sampleBundle('orders', { number: 0xffff_ffff })))).toBe('applied');
    expect(word(await give(gate, sampleBundle('orders', { number: 7 })))).toBe('old_number');
    await give(gate, sampleBundle('trust', { number: 2, content: trustContent([thief, fresh]) }));
    const orders = () => gate.inForce.views(NOW_S * 1000).find(({ type }) => type === 'orders');
    expect(orders()).toMatchObject({ number: 0xffff_ffff, state: 'good', signer: 'withdrawn' });
    expect(gate.inForce.content('orders')).toBeDefined();
    // It is the same after a restart, which says so.
    await gate.distribution.stop();
    await store.stop();
    const again = await startDistribution(await openStore(folder));
    expect(again.logger.lines.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('orders 4294967295 was signed by a key that is withdrawn'),
    );
    expect(again.inForce.views(NOW_S * 1000)).toContainEqual(
      expect.objectContaining({ type: 'orders', signer: 'withdrawn' }),
    );
    expect(word(await give(again, sampleBundle('orders', { number: 7 })))).toBe('unknown_signer');
    expect(word(await give(again, sampleBundle('orders', { number: 7, signer: current })))).toBe('applied');
    expect(again.inForce.views(NOW_S * 1000).find(({ type }) => type === 'orders')).not.toHaveProperty(
      'signer',
    );
    // From here on numbers count again.
    expect(word(await give(again, sampleBundle('orders', { number: 6, signer: current })))).toBe(
      'old_number',
    );
  });

  it('keeps the number of a key that only ran out of its time, or that nobody can look up', async () => {
    const clock = new SetClock();
    const gate = await rig({ clock });
    await give(
      gate,
      sampleBundle('trust', { content: trustContent([{ ...CENTRE_KEY, until: NOW_S + 60 }]) }),
    );
    await give(gate, sampleBundle('orders', { number: 9 }));
    clock.wallMs += 120_000;
    expect(gate.inForce.isOrphaned('orders')).toBe(false);
    expect(word(await give(gate, sampleBundle('orders', { number: 8 })))).toBe('old_number');
    await give(gate, sampleBundle('trust', { number: 2, content: trustContent([OFFICE_KEY]) }));
    expect(gate.inForce.isOrphaned('orders')).toBe(true);
  });

  it('takes the bundle it has already as no news', async () => {
    const gate = await rig();
    await give(gate, sampleBundle('trust'));
    expect(word(await give(gate, sampleBundle('trust'), 'mqtt'))).toBe('unchanged');
    expect(gate.events()).toHaveLength(1);
  });

  it('tells the same refusal once, and keeps a flood of different ones out of the log', async () => {
    const gate = await rig();
    for (let turn = 0; turn < 3; turn++) await give(gate, Uint8Array.of(1, 2, 3), 'mqtt');
    expect(gate.events()).toHaveLength(1);
    for (let turn = 0; turn < 80; turn++) await give(gate, Uint8Array.of(turn), 'mqtt');
    expect(gate.events()).toHaveLength(60);
  });

  it('deals with deliveries one after another, and with no more than it can hold', async () => {
    const gate = await rig();
    await give(gate, sampleBundle('trust'));
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => give(gate, sampleBundle('orders', { number: index + 1 }))),
    );
    expect(answers.map(word)).toEqual([...Array(8).fill('applied'), ...Array(4).fill('busy')]);
    expect(gate.inForce.kept('orders')?.number).toBe(8);
  });

  it('goes on with the same lists after a restart, and still refuses old numbers', async () => {
    const folder = temporaryFolder();
    const first = await openStore(folder);
    const before = await startDistribution(first);
    await give(before, sampleBundle('trust'));
    await give(before, sampleBundle('revocations', { number: 5 }));
    await before.distribution.stop();
    await first.stop();
    const gate = await startDistribution(await openStore(folder));
    expect(gate.inForce.content('revocations')?.revoked.isRevoked('0102030405060708', undefined, 0)).toBe(
      true,
    );
    expect(word(await give(gate, sampleBundle('revocations', { number: 4 })))).toBe('old_number');
    expect(word(await give(gate, sampleBundle('revocations', { number: 5 })))).toBe('unchanged');
    expect(word(await give(gate, sampleBundle('revocations', { number: 6 })))).toBe('applied');
  });

  it.each(['gone', 'cut short', 'changed'])(
    'names a list whose file is %s, and takes it again',
    async (how) => {
      const folder = temporaryFolder();
      const first = await openStore(folder);
      const before = await startDistribution(first);
      const bundle = sampleBundle('revocations', { number: 5 });
      await give(before, sampleBundle('trust'));
      await give(before, bundle);
      await before.distribution.stop();
      await first.stop();
      const path = join(
        folder,
        'bundles',
        filesIn(folder).find((name) => name.startsWith('revocations')) ?? '',
      );
      if (how === 'gone') truncateSync(path, 0);
      if (how === 'cut short') truncateSync(path, 100);
      if (how === 'changed') {
        const bytes = readFileSync(path);
        bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
        writeFileSync(path, bytes);
      }
      const gate = await startDistribution(await openStore(folder));
      expect(gate.inForce.views(NOW_S * 1000).map(({ state }) => state)).toEqual(['good', 'damaged']);
      expect(gate.inForce.staleFromMs).toBe(0);
      expect(word(await give(gate, sampleBundle('revocations', { number: 5, nextUpdate: NOW_S + 5 })))).toBe(
        'old_number',
      );
      expect(word(await give(gate, bundle))).toBe('applied');
      expect(gate.inForce.staleFromMs).toBeGreaterThan(NOW_S * 1000);
    },
  );

  it('keeps the list in force when the new one cannot be put on disk', async () => {
    const store = await openStore(temporaryFolder());
    const shelf = store.bundles;
    let broken = false;
    const gate = await startDistribution(store, {
      shelf: {
        kept: () => shelf.kept(),
        read: (kept) => shelf.read(kept),
        putInForce: (kept, event) => shelf.putInForce(kept, event),
        sweep: () => shelf.sweep(),
        place: (kept, bytes) =>
          broken
            ? Promise.reject(new GatepostError('log.unavailable', 'The disk is full.'))
            : shelf.place(kept, bytes),
      },
    });
    await give(gate, sampleBundle('trust'));
    await give(gate, sampleBundle('orders', { number: 1 }));
    broken = true;
    expect(word(await give(gate, sampleBundle('orders', { number: 2 })))).toBe('not_stored');
    expect(gate.inForce.kept('orders')?.number).toBe(1);
    broken = false;
    expect(word(await give(gate, sampleBundle('orders', { number: 2 })))).toBe('applied');
  });
});

describe('trust', () => {
  const pass = signPass(sampleClaims({ site: 'willow-court' }), OFFICE);

  it('follows the bundle at once: keys come and are withdrawn, also those of the config', async () => {
    const gate = await rig({ configured: [trustedKey()] });
    const status = (): string => {
      const reading = readPass(pass, gate.inForce.trust);
      return reading.status === 'verified' ? reading.issuer.status : reading.reason;
    };
    expect(status()).toBe('active');
    await give(gate, sampleBundle('trust'));
    expect(status()).toBe('active');
    const withdrawn = trustContent([CENTRE_KEY, { ...OFFICE_KEY, status: 'withdrawn' }]);
    await give(gate, sampleBundle('trust', { number: 2, content: withdrawn }));
    expect(status()).toBe('withdrawn');
  });

  it('lets a withdrawn key sign no more lists, and keeps those it signed', async () => {
    const gate = await rig();
    await give(gate, sampleBundle('trust'));
    await give(gate, sampleBundle('revocations'));
    const content = trustContent([{ ...CENTRE_KEY, status: 'withdrawn' }]);
    await give(gate, sampleBundle('trust', { number: 2, content }));
    expect(word(await give(gate, sampleBundle('revocations', { number: 2 })))).toBe('unknown_signer');
    expect(new ListedRevocations(gate.inForce).isRevoked('0102030405060708', undefined, 0)).toBe(true);
  });
});

describe('age', () => {
  it('is due after the next update and stale after the grace', async () => {
    const gate = await rig({ graceSeconds: 100 });
    await give(gate, sampleBundle('trust', { nextUpdate: NOW_S + 50 * DAY_S }));
    await give(gate, sampleBundle('revocations', { nextUpdate: NOW_S + 10 }));
    const stateAt = (second: number): string | undefined =>
      gate.inForce.views((NOW_S + second) * 1000).find(({ type }) => type === 'revocations')?.state;
    expect([9, 10, 109, 110].map(stateAt)).toEqual(['good', 'due', 'due', 'stale']);
    expect(gate.inForce.staleFromMs).toBe((NOW_S + 110) * 1000);
  });

  it('is said aloud when the lists have grown too old, and when they are fresh again', async () => {
    const folder = temporaryFolder();
    const first = await openStore(folder);
    const before = await startDistribution(first);
    await give(before, sampleBundle('trust', { nextUpdate: NOW_S + DAY_S }));
    await before.distribution.stop();
    await first.stop();
    const clock = new SetClock();
    clock.wallMs = (NOW_S + 2 * DAY_S) * 1000;
    const gate = await startDistribution(await openStore(folder), { clock });
    const said = (): string[] => gate.logger.lines.map(({ message }) => message);
    expect(said()).toContainEqual(expect.stringContaining('the guard decides about everybody'));
    await give(gate, sampleBundle('trust', { number: 2 }));
    expect(said().at(-1)).toContain('fresh again');
  });

  it('of a directory makes nobody wait for the guard', async () => {
    const gate = await rig({ graceSeconds: 0 });
    await give(gate, sampleBundle('trust', { nextUpdate: NOW_S + DAY_S }));
    await give(gate, sampleBundle('directory', { nextUpdate: NOW_S + 1 }));
    expect(gate.inForce.staleFromMs).toBe((NOW_S + DAY_S) * 1000);
  });

  it('of a list that must be there and is not counts as stale', async () => {
    const gate = await rig({ required: ['revocations'] });
    expect(gate.inForce.staleFromMs).toBe(0);
    expect(gate.inForce.views(0)).toEqual([{ type: 'revocations', number: 0, state: 'missing' }]);
    expect((await rig()).inForce.staleFromMs).toBeUndefined();
  });
});

describe('a million revocations', () => {
  /** How often the event loop came round while `work` was done. Counted, not timed: a busy machine changes nothing. */
  async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
    let turns = 0;
    let going = true;
    const turn = () => {
      turns += 1;
      if (going) setImmediate(turn);
    };
    setImmediate(turn);
    await work();
    going = false;
    return turns;
  }

  it('are applied while the gate has its turns', async () => {
    const passes = new Uint8Array(8_000_000);
    const view = new DataView(passes.buffer);
    for (let index = 0; index < 1_000_000; index++) view.setUint32(index * 8 + 4, index);
    const content = new Map([...revocationsContent([], []), ['passes', passes]]);
    const bundles = [1, 2, 3].map((number) => sampleBundle('revocations', { number, content }));
    const gate = await rig();
    await give(gate, sampleBundle('trust'));

    for (const bytes of bundles) {
      const turns = await turnsDuring(async () => expect(word(await give(gate, bytes))).toBe('applied'));
      expect(turns).toBeGreaterThan(40);
    }

    const { inForce } = gate;
    expect(inForce.content('revocations')?.revoked.passCount).toBe(1_000_000);
    expect(inForce.content('revocations')?.revoked.isRevoked('00000000000f423f', undefined, 0)).toBe(true);
    expect(inForce.content('revocations')?.revoked.isRevoked('00000000000f4240', undefined, 0)).toBe(false);
  });
});
