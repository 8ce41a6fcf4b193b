import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readWhole } from '../../src/core/bundle/open-bundle.ts';
import type { RevokedPasses } from '../../src/core/bundle/revocations.ts';
import { ed25519PublicKey, verifySignature } from '../../src/core/pass/public-key.ts';
import { CENTRE } from '../support/gate/bundle-samples.ts';
import { openLists, revocations } from './open-lists.ts';
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
  const bundles = Array.from({ length: ROUNDS }, (_, index) => revocations(ENTRIES, index + 1));
  const lists = await openLists(folder);
  const atOnce: number[] = [];
  const applied: number[] = [];
  const stalls: number[] = [];
  try {
    for (const bytes of bundles) {
      atOnce.push(timeOf(() => checkAtOnce(bytes)));
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const startMs = performance.now();
      await lists.receive(bytes);
      applied.push(performance.now() - startMs);
      delay.disable();
      stalls.push(delay.max / 1e6);
    }
  } finally {
    await lists.close();
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

function revokedOf(count: number): RevokedPasses {
  const { content } = readWhole(revocations(count));
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
