import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { stateWithoutPersons } from '../../src/app/state/state-dump.ts';
import { signPass } from '../../src/core/pass/issue-pass.ts';
import type { Policy } from '../../src/core/policy/policy.ts';
import type { PromptView } from '../../src/ports/resident-prompt.ts';
import { ScriptedBroker } from '../support/broker/scripted-broker.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S, sampleClaims, testSigner } from '../support/gate/pass-samples.ts';
import { PLAIN_RULES, policy } from '../support/gate/policy-samples.ts';
import { RuleGate, type RuleGateOptions } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const ANNA = { passId: '00000000000000a1', holderRef: 'a1b2c3d4e5f6' };

async function open(rules: Policy = policy(), options: RuleGateOptions = {}) {
  const folder = temporaryFolder();
  const gate = await RuleGate.start(folder, new VirtualClock(NOW_S * 1000), rules, options);
  /** What the resident's screen has said, oldest first. */
  const told: PromptView[] = [];
  gate.state.prompts.follow((view) => {
    if (view.accessPoint === 'main-in') told.push(view);
  });
  told.length = 0;
  return { gate, folder, told };
}

it('the screen goes by the pass from the first instruction after the scan until the passage ends', async () => {
  const screening = { direction: { in: 'enforce', out: 'off' }, kinds: {} } as const;
  const rules = policy({ normal: { ...PLAIN_RULES, screening } });
  const { gate, told } = await open(rules, { thermometer: true });
  // All bits but duress, those that are not given out too.
  gate.show('in', { ...ANNA, flags: 0xffff_ffff - 2, language: 'yue-Hant-HK' });
  const needs = { language: 'yue-Hant-HK', largeType: true, speechAtOnce: true, slow: true };
  expect(told).toMatchObject([{ feedback: 'Measure', needs }]);
  gate.sensors.forehead.setTemperatures({ objectC: 36.4, ambientC: 22 });
  await gate.pass(2_500);
  expect(told.at(-1)).toMatchObject({ feedback: 'AccessGranted', needs });
  await gate.walk();
  await gate.pass(20_000);

  const ended = told.findIndex(({ feedback }) => feedback === 'Idle' || feedback === 'RequireIdentifier');
  expect(ended).toBeGreaterThan(1);
  for (const view of told.slice(0, ended)) expect(view.needs).toEqual(needs);
  for (const view of told.slice(ended)) expect(view).not.toHaveProperty('needs');
  // The next person is somebody else.
  gate.show('in', { passId: '00000000000000b2' });
  expect(told.at(-1)?.feedback).toBe('AccessGranted');
  expect(told.at(-1)).not.toHaveProperty('needs');
  await gate.stop();
});

it('a refusal is told as the pass asks; a message to everybody and a pass nobody vouches for are not', async () => {
  const { gate, told } = await open();
  const card = { ...ANNA, flags: 4, language: 'en' };
  gate.show('in', { ...card, expiresAt: NOW_S - 1 });
  expect(told.at(-1)).toMatchObject({
    reason: 'CredentialExpired',
    needs: { language: 'en', largeType: true },
  });
  gate.inputs.fire.is('Open');
  await gate.pass(500);
  expect(told.at(-1)).toMatchObject({ message: 'FireAlarm' });
  expect(told.at(-1)).not.toHaveProperty('needs');
  gate.inputs.fire.is('Closed');
  await gate.pass(20_000);
  gate.show('in', signPass(sampleClaims(card), testSigner('stranger')));
  expect(told.at(-1)).toMatchObject({ reason: 'gp:UnknownIssuer' });
  expect(told.at(-1)).not.toHaveProperty('needs');
  await gate.stop();
});

it('no need changes what is decided', async () => {
  const { gate } = await open(policy({ normal: { ...PLAIN_RULES, kinds: { worker: {} } } }));
  for (const flags of [1, 4, 8, 16, 29, 0xffff_ffe0]) {
    const shown = await gate.goes('in', { ...ANNA, flags, language: 'en' });
    expect(shown?.data.reasons).toEqual(['Unauthorized']);
  }
  expect(gate.actuator.pulses).toEqual([]);
  await gate.stop();
});

it('nothing of them is logged, stored, published, dumped or shown to the guard', async () => {
  const broker = new ScriptedBroker();
  const { gate, folder } = await open(policy(), { broker });
  const meanwhile: unknown[] = [];
  gate.state.prompts.follow(({ needs }) => {
    if (needs !== undefined) meanwhile.push(stateWithoutPersons(gate.state), [...gate.feed.values]);
  });
  const card = { ...ANNA, flags: 4 + 8 + 16, language: 'yue-Hant-HK' };
  await gate.goes('in', card);
  await gate.goes('in', { ...card, expiresAt: NOW_S - 1 });
  await gate.pass(60_000);
  const text = (value: unknown) =>
    inspect(value, { depth: 12, maxArrayLength: null, maxStringLength: null, breakLength: Infinity });
  const published = broker.arrived.map(({ topic, payload }) => topic + new TextDecoder().decode(payload));
  const kept = [meanwhile, gate.state.prompts.values, [...gate.feed.values], gate.logger.lines].map(text);
  await gate.stop();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1'));
  expect(meanwhile.length).toBeGreaterThan(2);
  expect(published.join()).toContain(ANNA.passId);
  expect(files.join()).toContain(ANNA.passId);
  for (const word of [
    card.language,
    'largeType',
    'speechAtOnce',
    'stepFree',
    '"needs"',
    'needs: {',
    '"flags"',
  ])
    expect(
      [...kept, ...published, ...files].filter((one) => one.includes(word)),
      word,
    ).toEqual([]);
});
