import { describe, expect, it } from 'vitest';
import { decodeBase45, encodeBase45 } from '../../../src/core/encoding/base45.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import { PASS_FLAGS } from '../../../src/core/pass/pass.ts';
import { sampleClaims, testSigner } from '../../support/gate/pass-samples.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WILLOW_COURT, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

/** A pass of the office in which one bit of the signature is another one. */
function forged(): string {
  const [prefix = '', body = ''] = signPass(sampleClaims(), testSigner('issuer')).split(/(?<=^GP1:)/);
  const bytes = decodeBase45(body) ?? new Uint8Array();
  return prefix + encodeBase45(bytes.with(-1, (bytes.at(-1) ?? 0) ^ 1));
}

describe('while one person is at the gate', () => {
  it('an ambulance crew does not wait: the passage under way makes room and is written down as over', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const wang = court.person();
    const crew = court.person({ kind: 'emergency' });

    expect(await wang.shows('in')).toBe('Measure');
    expect(await crew.shows('in')).toBe('Granted');
    await court.gate.walk();
    expect(court.gate.data('access.denied')).toMatchObject([
      { passId: wang.card.passId, reasons: ['gp:PassageTimeout'] },
    ]);
    expect(court.gate.data('access.granted')).toMatchObject([{ kind: 'emergency', marks: ['emergency'] }]);
    expect(court.gate.feed.get('attention')).toMatchObject([{ kind: 'emergency', accessPoint: 'main-in' }]);
    await court.later(15);
    expect(await wang.shows('in')).toBe('Measure');
  });

  it('a forged pass is named as forged before it is told to wait, and the person in front goes on', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const wang = court.person();
    const zhao = court.person();

    expect(await wang.shows('in')).toBe('Measure');
    await wang.shows('in', forged());
    await zhao.shows('in');
    expect(court.gate.data('access.denied').map(({ reasons }) => reasons)).toEqual([
      ['gp:SignatureInvalid', 'gp:OneAtATime'],
      ['gp:OneAtATime'],
    ]);
    await court.forehead(36.5, { room: 22 });
    expect(court.says()).toBe('Granted');
    expect(court.gate.data('access.granted')).toMatchObject([{ passId: wang.card.passId }]);
  });
});

describe('at a gate whose lock does not obey', () => {
  it('the grant is taken back with its reason, the person is sent to the guard, and the next one passes', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const { gate } = court;
    const wang = court.person({ uses: 1 });

    gate.actuator.stuck = true;
    await wang.shows('in');
    expect(gate.prompts.at('main-in')).toMatchObject({ feedback: 'Fault', reason: 'gp:LockFailed' });
    expect(gate.feed.get('passage/main-in')).toMatchObject({ reasons: ['gp:LockFailed'] });
    expect(gate.data('access.nottaken')).toMatchObject([
      { passId: wang.card.passId, reason: 'gp:LockFailed', reasons: ['gp:LockFailed'] },
    ]);
    expect(gate.feed.get('decisions')).toMatchObject([{ decision: 'Granted', passageState: 'nottaken' }]);
    gate.actuator.stuck = false;
    await court.later(15);
    expect(await wang.comesIn()).toBe('Granted');
  });
});

describe('who comes under threat or with bad intent', () => {
  it('a pass of duress opens like any other: only the log and the guard know', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const wang = court.person({ flags: PASS_FLAGS.duress });

    expect(await wang.comesIn()).toBe('Granted');
    expect(court.gate.data('access.duress')).toMatchObject([
      { passId: wang.card.passId, decision: 'Granted' },
    ]);
    expect(court.gate.feed.get('attention')).toMatchObject([{ kind: 'duress' }]);
  });

  it('bad codes in a row lock the way in and alarm the guard, who ends it; good passes go on', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const stranger = court.person();
    const wang = court.person();

    for (const guess of ['one', 'two', 'three', 'four', 'five']) {
      await stranger.shows('in', `GP1:${guess}`);
      await court.later(7);
    }
    expect(court.gate.feed.get('attention')).toMatchObject([{ kind: 'lockOut', accessPoint: 'main-in' }]);
    expect(await wang.comesIn()).toBe('Granted');
    const order = { ...court.guard('A child was playing'), accessPoint: 'main-in' };
    expect(court.gate.desk.give({ type: 'end-lock-out', ...order })).toEqual({ status: 'done' });
    expect(court.gate.feed.get('attention')).toEqual([]);
    await court.later(15);
    expect(await wang.comesIn()).toBe('Granted');
  });
});
