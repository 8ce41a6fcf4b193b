import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { decide } from '../../src/core/decision/decide.ts';
import { UNKNOWN_HOLDER } from '../../src/core/decision/holder-facts.ts';
import { createTrust, readPass } from '../../src/core/pass/read-pass.ts';
import type { PolicyLevel } from '../../src/core/policy/policy.ts';
import { accessGranted } from '../support/gate/event-samples.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { FULL_STORE, filledStore } from './filled-store.ts';
import { GATE, PassSupply, SITE } from './pass-supply.ts';
import { atLeast, type Line } from './report.ts';

const DECISIONS = 5_000;

const POLICY: PolicyLevel = {
  level: 'normal',
  version: 1,
  gate: 'checked',
  kinds: { resident: {} },
  screening: { direction: { in: 'off', out: 'off' }, kinds: {} },
  untrustedTime: 'allow',
  longestPassLifeS: 400 * 86_400,
  antiPassback: { mode: 'off' },
  slowReleaseFactor: 1,
  lockOut: { attempts: 5, minutes: 1 },
  holidays: [],
};

/** Passes read, decided and written down durably, one after the other in this process. */
export async function measureSustained(): Promise<readonly Line[]> {
  const clock = new SystemClock();
  const logger = new SilentLogger();
  const passes = new PassSupply();
  const trust = createTrust([{ publicKey: passes.publicKeyBytes, name: 'Bench', status: 'active' }]);
  const texts = Array.from({ length: DECISIONS }, () => passes.next());
  const store = new Store({ folder: await filledStore(FULL_STORE), site: SITE, gate: GATE, clock, logger });
  await store.start(new AbortController().signal);
  try {
    const startMs = performance.now();
    for (const text of texts) decideOne(text, trust, store, clock);
    const perSecond = DECISIONS / ((performance.now() - startMs) / 1000);
    return [
      atLeast(
        'decisions sustained, durable, one process',
        perSecond,
        500,
        `${perSecond.toFixed(0)} /s`,
        ' /s',
      ),
    ];
  } finally {
    await store.stop();
  }
}

function decideOne(
  text: string,
  trust: ReturnType<typeof createTrust>,
  store: Store,
  clock: SystemClock,
): void {
  const pass = readPass(text, trust);
  const now = clock.read();
  const result = decide({
    pass,
    site: SITE,
    gate: GATE,
    timeZone: 'Asia/Shanghai',
    accessPoint: { id: 'main-in', door: 'main', direction: 'in', enabled: true },
    doorMode: 'Locked',
    policy: POLICY,
    clock: now,
    now,
    screening: { state: 'pending' },
    stepSeen: false,
    holder: UNKNOWN_HOLDER,
    lockedOut: false,
    logWritable: store.log.isWritable(),
  });
  if (result.outcome !== 'grant' || pass.status !== 'verified') {
    throw new Error(`A pass was not let through: ${result.reasons.join(', ')}.`);
  }
  const { passId, holderRef } = pass.claims;
  const event = accessGranted({ passId, ...(holderRef === undefined ? {} : { holderRef }) }, now.wallMs);
  store.log.commit({ events: [event], effects: result.effects });
}
