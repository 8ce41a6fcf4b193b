import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { ThreadVerifier } from '../../src/adapters/crypto/thread-verifier.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { BundlesInForce } from '../../src/app/bundles-in-force.ts';
import { Distribution } from '../../src/app/distribution.ts';
import { readWhole } from '../../src/core/bundle/open-bundle.ts';
import { type RevokedPasses, revocationsContent } from '../../src/core/bundle/revocations.ts';
import { ed25519PublicKey, verifySignature } from '../../src/core/pass/public-key.ts';
import { CENTRE, ROOT, sampleBundle } from '../support/bundle-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { atMost, type Line, median, ms, percentile, ratio } from './report.ts';

const ENTRIES = 1_000_000;
const ROUNDS = 5;
const LOOK_UPS = 200_000;
const SECONDS_LIMIT = 5;
const STALL_LIMIT_MS = 50;

/** A gate that takes a list of a million revocations: how long, and how long nothing else has its turn. */
export async function measureLists(): Promise<readonly Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-bench-lists-'));
  try {
    return await measureIn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureIn(folder: string): Promise<readonly Line[]> {
  const content = passesContent(ENTRIES);
  const lists = Array.from({ length: ROUNDS }, (_, index) =>
    sampleBundle('revocations', { number: index + 1, content, nextUpdate: 0xffff_ffff }),
  );
  const clock = new SystemClock();
  const logger = new SilentLogger();
  const store = new Store({ folder, site: 'willow-court', gate: 'north', clock, logger });
  const distribution = new Distribution({
    gate: 'north',
    tools: {
      site: 'willow-court',
      rootKey: ROOT.publicKey,
      verifier: new ThreadVerifier(),
      judgePolicy: () => undefined,
      clock,
    },
    inForce: new BundlesInForce({ configured: [], graceSeconds: 0, required: [] }),
    shelf: store.bundles,
    log: store.log,
    logger,
    onChanged: () => undefined,
  });
  const { signal } = new AbortController();
  await store.start(signal);
  await distribution.start(signal);
  const atOnce: number[] = [];
  const applied: number[] = [];
  const stalls: number[] = [];
  try {
    await distribution.receive({ bytes: sampleBundle('trust'), source: 'apply' });
    for (const bytes of lists) {
      atOnce.push(timeOf(() => checkAtOnce(bytes)));
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const startMs = performance.now();
      const answer = await distribution.receive({ bytes, source: 'apply' });
      applied.push(performance.now() - startMs);
      delay.disable();
      stalls.push(delay.max / 1e6);
      if (answer.status !== 'applied') throw new Error(`not applied: ${JSON.stringify(answer)}`);
    }
  } finally {
    await distribution.stop();
    await store.stop();
  }
  const small = lookUpNs(revokedOf(100));
  const large = lookUpNs(revokedOf(ENTRIES));
  console.log(
    `  applied ${applied.map(ms).join(', ')}; floor (checked in one go, nothing kept) ${ms(median(atOnce))}`,
  );
  console.log(`  look-up among 100: ${small.toFixed(0)} ns, among ${ENTRIES}: ${large.toFixed(0)} ns`);
  return [
    atMost(
      '1,000,000 revocations, median to in force',
      median(applied) / 1000,
      SECONDS_LIMIT,
      `${ms(median(applied))} (${ratio(median(applied) / median(atOnce))} the floor)`,
      ' s',
    ),
    atMost(
      'longest stall of the gate meanwhile',
      percentile(stalls, 0.5),
      STALL_LIMIT_MS,
      ms(percentile(stalls, 0.5)),
      ' ms',
    ),
    // A decision takes milliseconds; what a list adds to it must not be seen.
    atMost('look-up among 1,000,000', large / 1000, 20, `${(large / 1000).toFixed(2)} us`, ' us'),
  ];
}

function passesContent(count: number): ReadonlyMap<string, Uint8Array> {
  const passes = new Uint8Array(8 * count);
  const view = new DataView(passes.buffer);
  for (let index = 0; index < count; index++) view.setUint32(index * 8 + 4, index);
  return new Map([...revocationsContent([], []), ['passes', passes]]);
}

function revokedOf(count: number): RevokedPasses {
  const { content } = readWhole(sampleBundle('revocations', { content: passesContent(count) }));
  if (content.type !== 'revocations') throw new Error(`read as ${content.type}`);
  return content.revoked;
}

function lookUpNs(revoked: RevokedPasses): number {
  const passIds = Array.from({ length: 1000 }, (_, index) => (index * 997).toString(16).padStart(16, '0'));
  const took = timeOf(() => {
    for (let turn = 0; turn < LOOK_UPS / passIds.length; turn++)
      for (const passId of passIds) revoked.isRevoked(passId, undefined, 0);
  });
  return (took * 1e6) / LOOK_UPS;
}

function checkAtOnce(bytes: Uint8Array): void {
  const { bundle } = readWhole(bytes);
  createHash('sha256').update(bytes).digest();
  verifySignature(ed25519PublicKey(CENTRE.publicKey), bundle.toBeSigned, bundle.signature);
}

function timeOf(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}
