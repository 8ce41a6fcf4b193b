import { expect, it, onTestFinished } from 'vitest';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import { sampleClaims, testSigner } from '../../support/gate/pass-samples.ts';
import { RuleGate, SITE } from '../../support/gate/rule-gate.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const visitorKey = () => testSigner('stranger');
const WHO = { label: '王师傅', phone: '138 0000 0000', unit: '3-502', purpose: 'Repairs' };

it('the desk makes passes for visitors alone, that count their uses, end, can be withdrawn and shown again', async () => {
  const court = await Scene.opens('2020-02-24 10:00', WITHOUT_THERMOMETER, { visitorKey });
  let { gate } = court;
  const make = (change: object = {}) =>
    gate.desk.give({
      ...{ type: 'visitor-pass', ...court.guard('Repairs'), ...WHO },
      ...{ hostConfirmed: true, hours: 2, uses: 1, ...change },
    });
  const made = (change?: object) => {
    const answer = make(change);
    return (answer.status === 'done' && answer.passId) || '';
  };
  const textOf = (passId: string) => gate.deskPasses.passOf(passId)?.text ?? '';
  const shows = async (text: string, direction: 'in' | 'out' = 'in') => {
    gate.present(direction, text);
    await gate.pass(200);
    const said = court.says(direction);
    if (said === 'Granted') await gate.walk();
    else if (said === 'GuardCalled')
      gate.desk.give({ type: 'refuse', ...court.guard('No'), accessPoint: `main-${direction}` });
    await gate.pass(15_000);
    return said;
  };

  const passId = made();
  const text = textOf(passId);
  expect(gate.feed.get('visitors')).toMatchObject([
    { passId, ...WHO, hostConfirmed: true, confirmedBy: 'chen', uses: 1 },
  ]);
  expect(await shows(text)).toBe('Granted');
  expect(gate.feed.get('visitors')?.[0]?.insideSinceMs).toBeGreaterThan(0);
  expect(await shows(text, 'out')).toBe('Granted');
  expect(await shows(text)).toBe('gp:MaxUses');
  // Where nobody was asked, the guard decides.
  expect(await shows(textOf(made({ hostConfirmed: false })))).toBe('GuardCalled');

  const lost = made({ uses: 5 });
  expect(gate.desk.give({ type: 'withdraw-pass', ...court.guard('Lost'), passId: lost })).toEqual({
    status: 'done',
  });
  expect(await shows(textOf(lost))).toBe('CredentialNotEnabled');
  expect(gate.data('operator.override').at(-1)).toMatchObject({
    action: 'order',
    kind: 'suspension',
    passId: lost,
  });
  const foreign = { type: 'withdraw-pass', ...court.guard('Lost'), passId: '00000000000000a1' } as const;
  expect(gate.desk.give(foreign)).toMatchObject({ cause: 'not_made_here' });
  expect(make({ hours: 13 })).toMatchObject({ cause: 'pass_too_long' });

  // The key counts for nothing else, whoever has got hold of it.
  const forged = (change: object) => {
    const { wallMs } = gate.clock.read();
    const [issuedAt, expiresAt] = [Math.floor(wallMs / 1000), Math.floor(wallMs / 1000) + 3600];
    return signPass(
      sampleClaims({ site: SITE, issuedAt, expiresAt, passId: 'ffff000000000001', ...change }),
      visitorKey(),
    );
  };
  expect(await shows(forged({ kind: 'resident' }))).toBe('Unauthorized');
  expect(await shows(forged({ kind: 'emergency' }))).toBe('Unauthorized');
  expect(await shows(forged({ kind: 'visitor' }))).toBe('gp:VisitorNotRegistered');
  const { wallMs } = gate.clock.read();
  expect(await shows(forged({ kind: 'visitor', expiresAt: Math.floor(wallMs / 1000) + 86_400 }))).toBe(
    'RetryIdentifier',
  );
  expect(gate.data('access.denied').at(-1)?.reason).toBe('gp:MalformedPass');
  // Nor where the clock is not believed is a pass made.
  gate.clock.quality = 'unsynced';
  expect(make()).toMatchObject({ cause: 'time_doubted' });
  gate.clock.quality = 'synced';

  const again = made();
  const before = textOf(again);
  await gate.stop();
  gate = await RuleGate.start(court.folder, gate.clock, WITHOUT_THERMOMETER, { visitorKey });
  expect(textOf(again)).toBe(before);
  await gate.pass(2 * 3_600_000);
  expect(gate.deskPasses.passOf(again)).toBeUndefined();
  expect(JSON.stringify(gate.data('visitor.registered'))).not.toMatch(/王|138 0000|\b3-502\b/);
  // A site that takes the section away believes its passes no more.
  const last = textOf(made());
  await gate.stop();
  gate = await RuleGate.start(court.folder, gate.clock, WITHOUT_THERMOMETER);
  onTestFinished(() => gate.stop());
  gate.present('in', last);
  await gate.pass(200);
  expect(gate.data('access.denied').at(-1)?.reason).toBe('gp:UnknownIssuer');
  expect(make()).toMatchObject({ cause: 'no_desk_passes' });
});
