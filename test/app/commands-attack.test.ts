import { expect, it } from 'vitest';
import { COMMAND_USE, LABELS } from '../../src/core/command/command.ts';
import { signCommand } from '../../src/core/command/sign-command.ts';
import { COMMAND_REFUSALS } from '../../src/core/contract/commands.ts';
import { type CborValue, encodeCanonical } from '../../src/core/pass/canonical-cbor.ts';
import { writeCoseSign1 } from '../../src/core/pass/cose-sign1.ts';
import type { Signer } from '../../src/core/pass/issue-pass.ts';
import { keyIdBytes } from '../../src/core/pass/public-key.ts';
import { settle } from '../support/clock/virtual-clock.ts';
import { CENTRE, OFFICE } from '../support/gate/bundle-samples.ts';
import { CommandDesk } from '../support/gate/command-desk.ts';
import { commandKey, DESK, DESK_KEY } from '../support/gate/command-samples.ts';
import { testSigner } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { SITE } from '../support/gate/rule-gate.ts';
import { seededNumbers } from '../support/seeded-random.ts';

/** Messages of the attacker; GATEPOST_FUZZ=100000 for all of them. */
const MESSAGES = Number(process.env.GATEPOST_FUZZ ?? 2_200);
const AT_ONCE = 500;
const VERBS = ['open', 'hold', 'release', 'lockdown', 'block', 'disable', 'level', 'restart'] as const;
const ARGUMENTS = {
  open: { accessPoint: 'main-in' },
  hold: {},
  release: {},
  lockdown: {},
  block: { passId: '0102030405060708' },
  disable: { accessPoint: 'main-in' },
  level: { level: 'open' },
  restart: {},
} as const;
/** What the desk orders before, so that there is something to replay. */
const DAY = [
  ['open', { accessPoint: 'main-in' }],
  ['lockdown', {}],
  ['lockdown-release', {}],
  ['hold', {}],
  ['release', {}],
  ['block', { passId: '0102030405060708' }],
  ['unblock', { passId: '0102030405060708' }],
  ['disable', { accessPoint: 'main-in' }],
  ['enable', { accessPoint: 'main-in' }],
  ['level', { level: 'open' }],
  ['level', { level: 'normal' }],
] as const;

type Verb = (typeof VERBS)[number];
type Delivery = Parameters<CommandDesk['deliver']>[1];
type Attack = (verb: Verb) => readonly [Uint8Array, Delivery?];

/**
 * What somebody can do who owns the broker: he has seen every message, may change, keep and send what he likes, and has
 * no key.
 * @param seen commands that were carried out
 */
function attacks(
  desk: CommandDesk,
  seen: readonly Uint8Array[],
  below: (limit: number) => number,
): readonly Attack[] {
  const { nowS } = desk;
  const signed = (verb: Verb, head: object = {}, signer: Signer = DESK): Uint8Array =>
    signCommand({ ...desk.command(verb, ARGUMENTS[verb]), ...head }, signer);
  const flipped = (bytes: Uint8Array): Uint8Array => {
    const at = below(bytes.length);
    return bytes.with(at, (bytes[at] ?? 0) ^ (1 << below(8)));
  };
  return [
    // Forged: by keys that nobody has listed for it, also with the kid of the one that is.
    (verb) => [signed(verb, {}, testSigner('stranger'))],
    (verb) => [signed(verb, {}, OFFICE)],
    () => [withForgedKid(nowS)],
    // By a key that may order something else.
    (verb) => [signed(verb, {}, CENTRE)],
    // Mutated.
    (verb) => [flipped(signed(verb))],
    (verb) => [flipped(seen[below(seen.length)] ?? signed(verb))],
    (verb) => {
      const bytes = signed(verb);
      return [bytes.subarray(0, 1 + below(bytes.length - 1))];
    },
    (verb) => [Uint8Array.from([...signed(verb), below(256)])],
    () => [Uint8Array.from({ length: 1 + below(2_100) }, () => below(256))],
    () => [new TextEncoder().encode(JSON.stringify({ verb: 'open', accessPoint: 'main-in', nowS }))],
    () => [new Uint8Array(1_000_000)],
    // Retained.
    (verb) => [signed(verb), { retained: true }],
    // Replayed.
    () => [seen[below(seen.length)] ?? new Uint8Array()],
    // Expired, early, for too long, and from before the log.
    (verb) => [signed(verb, { notBefore: nowS - 60, notAfter: nowS - below(59) })],
    (verb) => [signed(verb, { notBefore: nowS + 3_600, notAfter: nowS + 3_630 })],
    (verb) => [signed(verb, { notAfter: nowS + 90_000 })],
    (verb) => [signed(verb, { notBefore: nowS - 50, notAfter: nowS + 10 })],
    // Foreign.
    (verb) => [signed(verb, { gate: 'south' })],
    (verb) => [signed(verb, { site: 'c43' })],
    (verb) => [signed(verb, { gate: undefined })],
    // On another topic, and with the answer elsewhere.
    (verb) => [signed(verb), { topic: topicOf(verb === 'open' ? 'resync' : 'open') }],
    (verb) => [signed(verb), { responseTopic: `gates/v1/${SITE}/south/rsp/desk` }],
  ];
}

const topicOf = (verb: string): string => `gates/v1/${SITE}/north/cmd/${verb}`;

/** A command of a stranger that names the key of the desk. */
function withForgedKid(nowS: number): Uint8Array {
  const payload = encodeCanonical(
    new Map<number, CborValue>([
      [LABELS.scope, `${SITE}/north`],
      [LABELS.verb, 'open'],
      [LABELS.arguments, new Map([['accessPoint', 'main-in']])],
      [LABELS.counter, 1_000_000],
      [LABELS.notBefore, nowS],
      [LABELS.notAfter, nowS + 30],
    ]),
  );
  const stranger = testSigner('stranger');
  return writeCoseSign1(payload, keyIdBytes(DESK.publicKey), (bytes) => stranger.sign(bytes), COMMAND_USE);
}

/** What a command could have changed. */
function changeable({ gate }: CommandDesk): object {
  return {
    mode: gate.door.mode,
    pulses: gate.actuator.pulses.length,
    level: gate.feed.get('policy')?.level,
    enabled: gate.state.accessPoints.values.map(({ enabled }) => enabled),
    orders: gate.store.orders.standing(gate.clock.read().wallMs, 10),
    overrides: gate.data('operator.override').length,
  };
}

it('nothing that the owner of the broker sends acts, and a command of the desk does at once', async () => {
  const desk = await CommandDesk.opens(policy({ normal: {}, open: { gate: 'open' } }));
  await desk.trust([DESK_KEY, commandKey(CENTRE, { name: 'Reader', verbs: ['replay'] })], 2_000_000_000);
  const seen: Uint8Array[] = [];
  for (const [verb, args] of DAY) {
    const bytes = signCommand(desk.command(verb, args), DESK);
    expect(await desk.sends(bytes, { topic: topicOf(verb) })).toMatchObject({ result: 'done' });
    seen.push(bytes);
    await desk.gate.pass(500);
  }
  // Until whoever was let in has gone.
  await desk.gate.pass(12_000);
  const before = changeable(desk);
  const done = desk.gate.data('command.result').length;

  const below = seededNumbers(20_200_224);
  const all = attacks(desk, seen, below);
  for (let sent = 0; sent < MESSAGES; sent++) {
    const verb = VERBS[below(VERBS.length)] ?? 'open';
    const [bytes, delivery] = all[sent % all.length]?.(verb) ?? [new Uint8Array()];
    desk.deliver(bytes, { topic: topicOf(verb), ...delivery });
    if (sent % AT_ONCE === 0) await desk.gate.pass(1);
  }
  await settle();

  expect(changeable(desk)).toEqual(before);
  const refusals = desk.gate.data('command.result').slice(done);
  expect(refusals.every(({ result }) => result === 'refused')).toBe(true);
  // Sixty at once, one of each reason, and then one in ten minutes.
  expect(refusals.length).toBeLessThanOrEqual(70);
  const reasons = new Set(refusals.map(({ reason }) => reason));
  // The last two are about orders to a whole site.
  const untried = ['unknown_verb', 'wrong_arguments', 'clock_untrusted', 'older_than_end', 'four_eyes'];
  expect(COMMAND_REFUSALS.filter((reason) => !reasons.has(reason))).toEqual(untried);

  const answer = await desk.orders('open', { accessPoint: 'main-in' });
  expect(answer).toMatchObject({ result: 'done' });
  expect(changeable(desk)).toMatchObject({ pulses: 2 });
}, 600_000);
