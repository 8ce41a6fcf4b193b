import { describe, expect, it } from 'vitest';
import { policyContent } from '../../src/core/bundle/content.ts';
import { decodeBase45, encodeBase45 } from '../../src/core/encoding/base45.ts';
import { signPass } from '../../src/core/pass/issue-pass.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import { siteDayAt } from '../../src/core/time/site-time.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { sampleBundle } from '../support/gate/bundle-samples.ts';
import { NOW_S, sampleClaims, testSigner } from '../support/gate/pass-samples.ts';
import { PLAIN_RULES, policy } from '../support/gate/policy-samples.ts';
import { passText, RuleGate, SITE, TIME_ZONE } from '../support/gate/rule-gate.ts';
import { courtKeys } from '../support/gate/willow-court.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const CHEN = { operator: 'chen', note: 'as agreed' };
const HOUSE = 'a1b2c3d4e5f6';
const ANNA = { passId: '00000000000000a1', holderRef: HOUSE };
const BERT = { passId: '00000000000000b2', holderRef: HOUSE };
const DAY_MS = 86_400_000;
const NOW_MS = NOW_S * 1000;

async function open(rules: Policy = policy(), folder = temporaryFolder()) {
  const clock = new VirtualClock(NOW_MS);
  const gate = await RuleGate.start(folder, clock, rules);
  const again = async () => {
    await gate.stop();
    return RuleGate.start(folder, clock, rules);
  };
  return { gate, clock, again };
}

/** A signed list brings other rules. */
async function newRules(gate: RuleGate, number: number, rules: Policy): Promise<void> {
  const content = policyContent(JSON.stringify(rules));
  const bytes = sampleBundle('policy', { site: SITE, number, content });
  expect(await gate.lists.receive({ bytes, source: 'apply' })).toMatchObject({ status: 'applied' });
}

const outOncePerTwoDays = policy({
  normal: { kinds: { resident: { quota: { count: 1, days: 2, direction: 'out' } } } },
});

describe('the quota of a household', () => {
  it('lets one person out every two days, over a restart and midnight', async () => {
    const { gate, clock, again } = await open(outOncePerTwoDays);
    expect((await gate.goes('out', ANNA))?.granted).toBe(true);
    expect((await gate.goes('in', ANNA))?.granted).toBe(true);
    const next = await again();
    expect((await next.goes('out', BERT))?.data.reasons).toEqual(['gp:QuotaExceeded']);
    await next.pass(DAY_MS);
    expect((await next.goes('out', BERT))?.granted).toBe(false);
    await next.pass(DAY_MS);
    expect((await next.goes('out', BERT))?.granted).toBe(true);
    expect(clock.read().wallMs).toBeGreaterThan(NOW_MS);
    await next.stop();
  });

  it('costs nothing when nobody walks through', async () => {
    const { gate } = await open(outOncePerTwoDays);
    expect((await gate.staysBack('out', ANNA))?.granted).toBe(true);
    expect(gate.data('access.nottaken')).toHaveLength(1);
    expect((await gate.goes('out', BERT))?.granted).toBe(true);
    expect((await gate.goes('out', ANNA))?.granted).toBe(false);
    await gate.stop();
  });
});

describe('a quota that the guard gives back', () => {
  it('begins anew for the household that is named, and for nobody else, over a restart', async () => {
    const { gate, again } = await open(outOncePerTwoDays);
    const neighbour = { passId: '00000000000000d4', holderRef: 'd4d4d4d4d4d4' };
    await gate.goes('out', ANNA);
    await gate.goes('in', ANNA);
    await gate.goes('out', neighbour);
    await gate.goes('in', neighbour);
    expect((await gate.goes('out', BERT))?.data.reasons).toEqual(['gp:QuotaExceeded']);
    expect(
      gate.desk.give({ type: 'give-back-quota', ...CHEN, note: '', subject: { holderRef: HOUSE } }).status,
    ).toBe('refused');
    expect((await gate.goes('out', BERT))?.data.reasons).toEqual(['gp:QuotaExceeded']);
    expect(gate.desk.give({ type: 'give-back-quota', ...CHEN, subject: { holderRef: HOUSE } })).toEqual({
      status: 'done',
    });
    expect(gate.data('operator.override').at(-1)).toMatchObject({
      action: 'give-back-quota',
      holderRef: HOUSE,
      note: 'as agreed',
    });
    const next = await again();
    expect((await next.goes('out', neighbour))?.data.reasons).toEqual(['gp:QuotaExceeded']);
    expect((await next.goes('out', BERT))?.granted).toBe(true);
    expect((await next.goes('out', ANNA))?.data.reasons).toEqual(['gp:QuotaExceeded']);
    await next.stop();
  });

  it('gives a pass its uses back, and leaves who is inside as it was', async () => {
    const { gate } = await open(policy({ normal: { antiPassback: { mode: 'hard' } } }));
    const once = { ...ANNA, uses: 1 };
    await gate.goes('in', once);
    await gate.goes('out', once);
    expect((await gate.goes('in', once))?.data.reasons).toEqual(['gp:MaxUses']);
    gate.desk.give({ type: 'give-back-quota', ...CHEN, subject: { passId: ANNA.passId } });
    expect((await gate.goes('in', once))?.granted).toBe(true);
    expect((await gate.goes('in', once))?.data.reasons).toEqual(['gp:MaxUses', 'gp:AntipassbackViolation']);
    await gate.stop();
  });
});

describe('a passage that was not taken', () => {
  it('gives back use, anti-passback and occupancy together', async () => {
    const { gate } = await open(policy({ normal: { antiPassback: { mode: 'hard' }, occupancyLimit: 1 } }));
    const once = { ...ANNA, uses: 1 };
    await gate.staysBack('in', once);
    expect(gate.store.holderState.occupancy()).toBe(0);
    expect((await gate.goes('in', once))?.granted).toBe(true);
    expect(gate.store.holderState.occupancy()).toBe(1);
    expect((await gate.goes('in', once))?.data.reasons).toEqual([
      'gp:MaxUses',
      'gp:AntipassbackViolation',
      'gp:OccupancyLimit',
    ]);
    await gate.stop();
  });
});

describe('anti-passback', () => {
  it('refuses when hard, until the guard forgives', async () => {
    const { gate } = await open(policy({ normal: { antiPassback: { mode: 'hard' } } }));
    await gate.goes('in', ANNA);
    expect((await gate.goes('in', ANNA))?.data.reason).toBe('gp:AntipassbackViolation');
    expect((await gate.goes('in', BERT))?.granted).toBe(true);
    expect(gate.desk.give({ type: 'forgive', ...CHEN, subject: { holderRef: HOUSE } })).toEqual({
      status: 'done',
    });
    expect((await gate.goes('in', ANNA))?.granted).toBe(true);
    expect(gate.data('operator.override').at(-1)).toMatchObject({
      action: 'forgive-antipassback',
      holderRef: HOUSE,
      note: 'as agreed',
    });
    await gate.stop();
  });

  it('lets through when soft and writes the violation', async () => {
    const { gate } = await open(policy({ normal: { antiPassback: { mode: 'soft' } } }));
    await gate.goes('out', ANNA);
    const again = await gate.goes('out', ANNA);
    expect(again).toMatchObject({ granted: true, data: { marks: ['antipassback'] } });
    expect(gate.data('credential.apbviolation')).toEqual([
      { accessPoint: 'main-out', direction: 'out', ...ANNA, passage: again?.data.passage },
    ]);
    expect(gate.feed.get('attention')).toMatchObject([{ kind: 'antipassback', accessPoint: 'main-out' }]);
    await gate.stop();
  });
});

describe('orders', () => {
  it('of the guard hold from their reason to their end, and are shown with the day’s reports', async () => {
    const { gate, again } = await open();
    const order = {
      kind: 'quarantine',
      subject: { holderRef: HOUSE },
      untilMs: NOW_MS + 14 * DAY_MS,
    } as const;
    expect(gate.desk.give({ type: 'order', ...CHEN, note: ' ', ...order }).status).toBe('refused');
    expect(gate.desk.give({ type: 'order', ...CHEN, ...order })).toEqual({ status: 'done' });
    expect(gate.desk.give({ type: 'report', ...CHEN, holderRef: HOUSE })).toEqual({ status: 'done' });
    expect(gate.feed.get('orders')).toMatchObject([{ kind: 'quarantine', by: 'chen', reportsToday: 1 }]);
    const next = await again();
    expect((await next.goes('out', ANNA))?.data.reason).toBe('gp:QuarantineOrder');
    const [standing] = next.store.orders.standing(NOW_MS + 1_000, 10);
    expect(next.desk.give({ type: 'end-order', ...CHEN, orderId: standing?.id ?? '' })).toEqual({
      status: 'done',
    });
    expect((await next.goes('out', ANNA))?.granted).toBe(true);
    expect(next.desk.give({ type: 'end-order', ...CHEN, orderId: standing?.id ?? '' }).status).toBe(
      'refused',
    );
    await next.stop();
  });

  it.each([
    { subject: { passId: 'zz' } },
    { subject: { holderRef: ANNA.passId } },
    { subject: { passId: ANNA.passId }, untilMs: NOW_MS - 1 },
    { subject: { passId: ANNA.passId }, fromMs: Number.NaN },
  ])('that make no sense are refused: %j', async (order) => {
    const { gate } = await open();
    expect(gate.desk.give({ type: 'order', ...CHEN, kind: 'suspension', ...order }).status).toBe('refused');
    expect(gate.store.orders.standing(NOW_MS, 10)).toEqual([]);
    await gate.stop();
  });
});

describe('visitors', () => {
  it('come in when the guard has registered them and the host has confirmed, as often as the pass says', async () => {
    const { gate } = await open(policy({ normal: { kinds: { visitor: { registration: 'confirmed' } } } }));
    const pass = { kind: 'visitor', passId: '00000000000000c3', uses: 1 } as const;
    expect((await gate.goes('in', pass))?.data.reason).toBe('gp:VisitorNotRegistered');
    expect(gate.desk.give({ type: 'confirm-host', ...CHEN, passId: pass.passId }).status).toBe('refused');
    const visit = { passId: pass.passId, label: 'Mr Wang', hostRef: HOUSE, untilMs: NOW_MS + 7_200_000 };
    expect(gate.desk.give({ type: 'visitor', ...CHEN, ...visit })).toEqual({ status: 'done' });
    gate.show('in', pass);
    expect(gate.data('access.requested').at(-1)?.reasons).toEqual(['gp:HostNotConfirmed']);
    await gate.pass(70_000);
    expect(gate.desk.give({ type: 'confirm-host', ...CHEN, passId: pass.passId })).toEqual({
      status: 'done',
    });
    expect((await gate.goes('in', pass))?.granted).toBe(true);
    expect((await gate.goes('out', pass))?.granted).toBe(true);
    expect((await gate.goes('in', pass))?.data.reason).toBe('gp:MaxUses');
    expect(gate.feed.get('visitors')).toMatchObject([{ label: 'Mr Wang', hostConfirmed: true }]);
    expect(JSON.stringify(gate.data('visitor.registered'))).not.toContain('Wang');
    await gate.stop();
  });
});

describe('the level', () => {
  const levels = policy({ strict: { kinds: { worker: {} } }, open: { gate: 'open' } });

  it('is changed with a reason, named by every decision, and survives a restart', async () => {
    const { gate, again } = await open(levels);
    expect(gate.desk.give({ type: 'level', ...CHEN, level: 'nowhere' }).status).toBe('refused');
    expect(gate.desk.give({ type: 'level', ...CHEN, note: '', level: 'strict' }).status).toBe('refused');
    expect(gate.desk.give({ type: 'level', ...CHEN, level: 'strict' })).toEqual({ status: 'done' });
    expect(gate.data('policy.applied')).toEqual([
      {
        level: 'strict',
        version: 7,
        previous: { level: 'normal', version: 7 },
        by: 'chen',
        note: 'as agreed',
      },
    ]);
    const next = await again();
    expect(await next.goes('out', ANNA)).toMatchObject({
      granted: false,
      data: { reason: 'Unauthorized', policy: { level: 'strict', version: 7 } },
    });
    expect(next.feed.get('policy')).toMatchObject({ level: 'strict', levels: ['normal', 'strict', 'open'] });
    await next.stop();
  });

  it('open holds the door, over a restart, and keeps nothing but counts', async () => {
    const { gate, again } = await open(levels);
    expect(gate.desk.give({ type: 'level', ...CHEN, level: 'open' })).toEqual({ status: 'done' });
    expect(gate.door.mode).toBe('LockedOpen');
    const next = await again();
    expect(next.door.mode).toBe('LockedOpen');
    const before = next.store.outbox.position().lastSequence;
    expect(next.show('out', ANNA)).toBeUndefined();
    await next.pass(4_000);
    expect(next.show('out', BERT)).toBeUndefined();
    expect(next.show('out', BERT)).toBeUndefined();
    expect(next.store.outbox.position().lastSequence).toBe(before);
    expect(next.store.holderState.openCounts(18_316)).toEqual([
      { accessPoint: 'main-out', direction: 'out', count: 2 },
    ]);
    expect(next.desk.give({ type: 'level', ...CHEN, level: 'normal' })).toEqual({ status: 'done' });
    expect(next.door.mode).toBe('Locked');
    expect((await next.goes('out', ANNA))?.granted).toBe(true);
    await next.stop();
  });

  it('open counts passes that are shown, and no noise: that is the scanner, and the guard is told', async () => {
    const { gate } = await open(levels);
    gate.desk.give({ type: 'level', ...CHEN, level: 'open' });
    for (let piece = 0; piece < 30; piece += 1) {
      gate.present('out', `~u(${piece}]}z`);
      await gate.pass(100);
    }
    await gate.pass(100);
    expect(gate.store.holderState.openCounts(18_316)).toEqual([]);
    expect(gate.data('access.denied')).toEqual([]);
    expect(gate.feed.get('device/scanner:main-out')).toMatchObject({
      status: 'degraded',
      cause: 'scanner_noise',
    });
    gate.present('out', ANNA);
    expect(gate.store.holderState.openCounts(18_316)).toEqual([
      { accessPoint: 'main-out', direction: 'out', count: 1 },
    ]);
    await gate.stop();
  });

  it('does not open a door that is in lockdown', async () => {
    const { gate } = await open(levels);
    gate.desk.give({ type: 'door', ...CHEN, door: 'main', verb: 'lockdown' });
    expect(gate.desk.give({ type: 'level', ...CHEN, level: 'open' }).status).toBe('refused');
    expect(gate.door.mode).toBe('LockedDown');
    expect(gate.data('policy.applied')).toEqual([]);
    await gate.stop();
  });

  it('leaves a door that a guard unlocked as it was before', async () => {
    const { gate } = await open(levels);
    gate.desk.give({ type: 'door', ...CHEN, door: 'main', verb: 'unlock' });
    expect((await gate.goes('out', ANNA))?.granted).toBe(true);
    expect(gate.door.mode).toBe('Unlocked');
    expect(gate.desk.give({ type: 'level', ...CHEN, level: 'open' })).toEqual({ status: 'done' });
    expect(gate.door.mode).toBe('LockedOpen');
    expect(gate.desk.give({ type: 'level', ...CHEN, level: 'normal' })).toEqual({ status: 'done' });
    expect(gate.door.mode).toBe('Unlocked');
    expect(gate.desk.give({ type: 'door', ...CHEN, door: 'main', verb: 'lock' })).toEqual({ status: 'done' });
    expect([gate.door.mode, gate.actuator.isReleased()]).toEqual(['Locked', false]);
    await gate.stop();
  });

  it('follows a new set of rules, and finds the chosen level again when it comes back', async () => {
    const { gate } = await open(levels);
    gate.desk.give({ type: 'level', ...CHEN, level: 'strict' });
    await gate.lists.receive({ bytes: courtKeys(), source: 'apply' });
    await newRules(gate, 1, policy());
    expect(gate.feed.get('policy')).toMatchObject({ level: 'normal', levels: ['normal'] });
    await newRules(gate, 2, { ...levels, version: 8 });
    expect(gate.feed.get('policy')).toMatchObject({ level: 'strict', version: 8 });
    await gate.stop();
  });
});

describe('lock-out', () => {
  const strict = policy({ normal: { lockOut: { attempts: 3, minutes: 5 } } });

  it('after bad codes in a row alarms the guard, until time or the guard ends it, and holds up no good pass', async () => {
    const { gate } = await open(strict);
    for (const text of ['one', 'two', 'three']) {
      gate.show('in', text);
      await gate.pass(7_000);
    }
    expect(gate.data('access.denied').map(({ reasons }) => reasons.includes('gp:MaxAttempts'))).toEqual([
      false,
      false,
      true,
    ]);
    expect((await gate.goes('in', ANNA))?.granted).toBe(true);
    expect((await gate.goes('out', BERT))?.granted).toBe(true);
    expect(gate.feed.get('attention')).toMatchObject([{ kind: 'lockOut' }]);
    expect(gate.desk.give({ type: 'end-lock-out', ...CHEN, accessPoint: 'main-in' })).toEqual({
      status: 'done',
    });
    expect(gate.desk.give({ type: 'end-lock-out', ...CHEN, accessPoint: 'main-in' }).status).toBe('refused');
    expect((await gate.goes('in', ANNA))?.granted).toBe(true);
    await gate.stop();
  });

  it('does not come from bad codes with a good pass between them, and ends by itself', async () => {
    const { gate } = await open(strict);
    for (const text of ['one', 'two']) gate.show('in', text);
    await gate.goes('in', ANNA);
    gate.show('in', 'three');
    await gate.pass(7_000);
    expect((await gate.goes('in', BERT))?.granted).toBe(true);
    for (const text of ['four', 'five', 'six']) gate.show('in', text);
    await gate.pass(5 * 60_000);
    expect((await gate.goes('in', ANNA))?.granted).toBe(true);
    await gate.stop();
  });

  it('answers forged passes slowly and one at a time, and counts the others; the way out too', async () => {
    const forged = (count: number, from = 0) =>
      Array.from({ length: count }, (_, i) =>
        signPass(sampleClaims({ passId: `00000000000f${from + i + 1000}` }), testSigner('stranger')),
      );
    const { gate } = await open(strict);
    const denied = () => gate.data('access.denied').length;
    for (const text of forged(3)) gate.show('out', text);
    expect(denied()).toBe(3);
    for (const text of forged(20, 3)) {
      expect(gate.show('out', text)).toBeUndefined();
      await gate.pass(100);
    }
    expect(denied()).toBe(3);
    await gate.pass(1_000);
    expect(denied()).toBe(4);
    expect(gate.data('access.denied').at(-1)?.reasons).toEqual(['gp:UnknownIssuer', 'gp:MaxAttempts']);
    gate.show('out', forged(1, 30)[0] ?? '');
    expect((await gate.goes('out', ANNA))?.granted).toBe(true);
    await gate.pass(5 * 60_000);
    expect(denied()).toBe(4);
    expect(gate.data('device.scanner')).toEqual([
      { device: 'scanner:main-out', status: 'ok', cause: 'lock_out', unreadable: 20 },
    ]);
    await gate.stop();
  });

  it('counts a code once while it stays in view, and each of those that come while somebody passes', async () => {
    const { gate } = await open(strict);
    for (let i = 0; i < 10; i += 1) {
      gate.show('in', 'one');
      await gate.pass(1_000);
    }
    expect(gate.data('access.denied')).toHaveLength(1);
    expect(gate.feed.get('attention') ?? []).toEqual([]);
    await gate.pass(7_000);
    expect(gate.show('in', ANNA)?.granted).toBe(true);
    const { passage } = gate.feed.get('passage/main-in') ?? {};
    for (const text of ['two', 'three', 'four']) {
      await gate.pass(500);
      gate.show('in', text);
    }
    await gate.pass(500);
    expect(gate.feed.get('attention')).toMatchObject([{ kind: 'lockOut' }]);
    expect(gate.data('access.denied').map(({ reasons }) => reasons.slice(1))).toEqual([
      [],
      ['gp:OneAtATime'],
      ['gp:OneAtATime'],
      ['gp:MaxAttempts', 'gp:OneAtATime'],
    ]);
    expect(gate.feed.get('passage/main-in')).toMatchObject({ passage, feedback: 'AccessGranted' });
    await gate.stop();
  });

  it('does not count who is let in by a guard without a code', async () => {
    const { gate } = await open(strict);
    for (let i = 0; i < 4; i += 1) {
      const given = gate.desk.give({ type: 'open', ...CHEN, accessPoint: 'main-in', passage: null });
      expect(given).toEqual({ status: 'done' });
      await gate.walk();
    }
    expect(gate.feed.get('attention') ?? []).toEqual([]);
    await gate.stop();
  });

  it('is never where the site has switched it off', async () => {
    const { gate } = await open(policy({ normal: { lockOut: { attempts: 'off', minutes: 5 } } }));
    for (let i = 0; i < 12; i += 1) {
      gate.show('in', `GP1:${i}`);
      await gate.pass(7_000);
    }
    expect(gate.feed.get('attention') ?? []).toEqual([]);
    expect(gate.data('access.denied').every(({ reasons }) => !reasons.includes('gp:MaxAttempts'))).toBe(true);
    await gate.stop();
  });
});

describe('a pass with and without the tag of its signature', () => {
  const plain = passText(ANNA);
  const tagged = `GP1:${encodeBase45(Uint8Array.of(0xd2, ...(decodeBase45(plain.slice(4)) ?? [])))}`;

  it('is one showing: granted once, refused once, and counted once where the level is open', async () => {
    const { gate } = await open(policy({ normal: { kinds: {} }, loose: {}, open: { gate: 'open' } }));
    gate.show('in', plain);
    await gate.pass(1_000);
    gate.show('in', tagged);
    expect(gate.data('access.denied')).toHaveLength(1);
    await gate.pass(30_000);
    gate.desk.give({ type: 'level', ...CHEN, level: 'loose' });
    gate.show('in', plain);
    await gate.pass(1_000);
    gate.show('in', tagged);
    expect(gate.data('access.granted')).toHaveLength(1);
    expect(gate.data('access.denied')).toHaveLength(1);
    await gate.walk();
    await gate.pass(30_000);
    gate.desk.give({ type: 'level', ...CHEN, level: 'open' });
    gate.show('in', plain);
    await gate.pass(1_000);
    gate.show('in', tagged);
    const today = siteDayAt(gate.clock.read().wallMs, TIME_ZONE);
    expect(gate.store.holderState.openCounts(today)).toMatchObject([{ count: 1 }]);
    await gate.stop();
  });
});

describe('flags of a pass', () => {
  it('slow: lock and passage wait longer', async () => {
    const { gate } = await open();
    await gate.goes('in', ANNA);
    gate.show('in', { ...BERT, flags: 1 });
    expect(gate.actuator.pulses).toEqual([3_000, 6_000]);
    await gate.pass(15_000);
    expect(gate.data('access.nottaken')).toEqual([]);
    await gate.walk();
    expect(gate.data('access.taken')).toHaveLength(2);
    await gate.stop();
  });

  it('step-free: the lock waits until the person has passed, as long as the passage may take', async () => {
    const { gate } = await open();
    for (const flags of [16, 17, 4 + 8]) {
      gate.show('in', { ...ANNA, flags });
      await gate.pass(2_000);
      gate.contact.is('Open');
      await gate.pass(2_000);
      expect(gate.actuator.isReleased()).toBe(flags >= 16);
      await gate.pass(12_000);
      expect(gate.actuator.isReleased()).toBe(flags >= 16);
      gate.contact.is('Closed');
      await gate.pass(100);
      expect(gate.actuator.isReleased()).toBe(false);
      await gate.pass(15_000);
    }
    expect(gate.actuator.pulses).toEqual([20_000, 20_000, 3_000]);
    // Nobody moves the door: it ends by itself, with the passage.
    gate.show('in', { ...ANNA, flags: 16 });
    await gate.pass(19_999);
    expect(gate.actuator.isReleased()).toBe(true);
    await gate.pass(1);
    expect(gate.actuator.isReleased()).toBe(false);
    await gate.pass(15_000);
    // Whoever comes the other way cuts it short for nobody, nor is cut short.
    gate.show('in', { ...ANNA, flags: 16 });
    await gate.pass(1_000);
    gate.show('out', BERT);
    await gate.pass(10_000);
    expect(gate.actuator.isReleased()).toBe(true);
    gate.contact.is('Open');
    gate.contact.is('Closed');
    await gate.pass(8_999);
    expect(gate.actuator.isReleased()).toBe(true);
    await gate.pass(1);
    expect(gate.actuator.isReleased()).toBe(false);
    await gate.stop();
  });

  it('duress: opens like any pass, and only the log and the guard know', async () => {
    const { gate } = await open();
    const shown = await gate.goes('in', { ...ANNA, flags: 2 });
    expect(shown).toMatchObject({ granted: true });
    expect(shown?.data.marks).toBeUndefined();
    expect(gate.data('access.duress')).toEqual([shown?.data]);
    expect(JSON.stringify(gate.feed.get('passage/main-in'))).not.toContain('duress');
    expect(gate.feed.get('attention')).toMatchObject([{ kind: 'duress' }]);
    await gate.stop();
  });
});

describe('an emergency pass', () => {
  it('opens a blocked door, which is blocked again afterwards, and alarms', async () => {
    const { gate } = await open(policy({ normal: { ...PLAIN_RULES, kinds: {} } }));
    gate.desk.give({ type: 'door', ...CHEN, door: 'main', verb: 'block' });
    expect((await gate.goes('in', ANNA))?.granted).toBe(false);
    const shown = await gate.goes('in', { kind: 'emergency' });
    expect(shown).toMatchObject({ granted: true, data: { kind: 'emergency', marks: ['emergency'] } });
    expect(gate.actuator.pulses).toHaveLength(1);
    expect(gate.door.mode).toBe('Blocked');
    expect(gate.feed.get('attention')).toMatchObject([{ kind: 'emergency' }]);
    await gate.stop();
  });
});

describe('an emergency pass in a lockdown', () => {
  it('calls the guard, who ends the lockdown first', async () => {
    const { gate } = await open();
    gate.desk.give({ type: 'door', ...CHEN, door: 'main', verb: 'lockdown' });
    expect(gate.show('in', { kind: 'emergency' })).toBeUndefined();
    expect(gate.data('access.requested').at(-1)?.reasons).toEqual(['gp:GateMode']);
    expect(gate.desk.give({ type: 'open', ...CHEN, accessPoint: 'main-in' }).status).toBe('refused');
    expect(gate.actuator.pulses).toEqual([]);
    gate.desk.give({ type: 'door', ...CHEN, door: 'main', verb: 'lockdown-release' });
    expect(gate.desk.give({ type: 'open', ...CHEN, accessPoint: 'main-in' })).toEqual({ status: 'done' });
    expect(gate.actuator.pulses).toHaveLength(1);
    await gate.stop();
  });
});

describe('occupancy', () => {
  it('is corrected by the guard, within reason', async () => {
    const { gate } = await open(policy({ normal: { occupancyLimit: 2 } }));
    await gate.goes('out', ANNA);
    expect(gate.store.holderState.occupancy()).toBe(0);
    expect(gate.desk.give({ type: 'occupancy', ...CHEN, value: 2 })).toEqual({ status: 'done' });
    expect((await gate.goes('in', ANNA))?.data.reason).toBe('gp:OccupancyLimit');
    await gate.goes('out', BERT);
    expect((await gate.goes('in', ANNA))?.granted).toBe(true);
    expect(gate.feed.get('policy')).toMatchObject({ occupancy: 2, occupancyLimit: 2 });
    for (const value of [-1, 0.5, Number.NaN, 1e9]) {
      expect(gate.desk.give({ type: 'occupancy', ...CHEN, value }).status).toBe('refused');
    }
    await gate.stop();
  });
});
