import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { encode } from 'cbor2';
import { describe, expect, it } from 'vitest';
import { ScryptHasher } from '../../src/adapters/crypto/scrypt-hasher.ts';
import { WebAuthn } from '../../src/adapters/crypto/web-authn.ts';
import { OperatorAccounts } from '../../src/app/operators/operator-accounts.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const PASSWORD = 'plum tree in rain';
const REMOTE = '192.0.2.7';
const HERE = { host: 'gate.test', origin: 'https://gate.test:8443' };
const USER_PRESENT = 1;
const USER_VERIFIED = 4;
const KEY_INCLUDED = 64;

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest();
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

/** A device with one passkey (WebAuthn level 3, ES256), which says what a test has it say. */
class SoftDevice {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(32);
  #counter = 0;
  origin = HERE.origin;
  flags = USER_PRESENT | USER_VERIFIED;

  create(options: object) {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, new Uint8Array(Buffer.from(x, 'base64url'))],
      [-3, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]);
    const included = Buffer.concat([Buffer.alloc(16), Buffer.from([0, 32]), this.#id, encode(key)]);
    const authData = Buffer.concat([this.#head(options, 'rp', KEY_INCLUDED), included]);
    const attestationObject = encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', new Uint8Array(authData)],
      ]),
    );
    return this.#answer({
      clientDataJSON: text(this.#clientData(options, 'create')),
      attestationObject: text(attestationObject),
      transports: ['internal'],
    });
  }

  use(options: object) {
    this.#counter++;
    const clientData = this.#clientData(options, 'get');
    const authenticatorData = this.#head(options, 'rpId', 0);
    const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
    return this.#answer({
      clientDataJSON: text(clientData),
      authenticatorData: text(authenticatorData),
      signature: text(sign('sha256', signed, this.#keys.privateKey)),
    });
  }

  #answer(response: object) {
    const id = text(this.#id);
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }

  #clientData(options: object, type: string): Buffer {
    const { challenge } = options as { challenge: string };
    return Buffer.from(JSON.stringify({ type: `webauthn.${type}`, challenge, origin: this.origin }));
  }

  #head(options: object, field: 'rp' | 'rpId', flags: number): Buffer {
    const { rp, rpId } = options as { rp?: { id: string }; rpId?: string };
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#counter);
    const host = (field === 'rp' ? rp?.id : rpId) ?? '';
    return Buffer.concat([sha256(host), Buffer.from([this.flags | flags]), counter]);
  }
}

async function guardWithDevice() {
  const clock = new VirtualClock();
  const store = await openStore(temporaryFolder(), { clock });
  const accounts = new OperatorAccounts({
    store: store.operators,
    browsers: store.browsers,
    hasher: new ScryptHasher(4),
    passkeys: { store: store.operators.passkeys, ceremonies: new WebAuthn('Willow Court') },
    log: store.log,
    clock,
    logger: new SilentLogger(),
    gate: 'north',
    randomBytes,
    onSetUpCode: () => undefined,
  });
  for (const [operator, role] of [
    ['Zhou', 'supervisor'],
    ['Li Mei', 'guard'],
  ] as const)
    await accounts.desk.create({ operator, role, newPassword: PASSWORD, by: 'Zhou' });
  const { passkeys: desk } = accounts;
  if (desk === undefined) throw new Error('There are no passkeys.');
  const owner = { operator: 'Li Mei', session: 's', ...HERE };
  const device = new SoftDevice();
  const register = async (of = device, as = owner) =>
    desk.register({ ...as, name: 'Tablet', response: of.create(await desk.beginRegistration(as)) });
  const signIn = (response: object, place = HERE) => desk.signIn({ ...place, remote: REMOTE, response });
  const told = () =>
    store.log
      .recent(['operator.login', 'operator.authfailed', 'operator.changed'], 50)
      .map(({ name, body }) => ({ name, ...JSON.parse(Buffer.from(body).toString()).data }));
  const confirm = (password: string, session = 's', strict?: 'password') =>
    accounts.confirm({ operator: 'Li Mei', password, session, remote: REMOTE, ...(strict && { strict }) });
  return { clock, store, accounts, desk, owner, device, register, signIn, told, confirm };
}

describe('a passkey', () => {
  it('signs in once for each challenge, in its time, at its page, with its owner, and is on record', async () => {
    const { clock, desk, device, register, signIn, told } = await guardWithDevice();
    expect(await register()).toEqual({ status: 'done' });
    // The same device once more.
    expect(await register()).toMatchObject({ status: 'refused', cause: 'passkey' });
    const ask = () => desk.beginSignIn(HERE);
    const right = device.use(await ask());
    expect(await signIn(right)).toMatchObject({ status: 'accepted', operator: 'Li Mei' });
    expect(await signIn(right)).toEqual({ status: 'refused' });

    const late = device.use(await ask());
    clock.advance(3 * 60_000);
    expect(await signIn(late)).toEqual({ status: 'refused' });
    device.origin = 'https://evil.test';
    expect(await signIn(device.use(await ask()))).toEqual({ status: 'refused' });
    device.origin = HERE.origin;
    device.flags = USER_PRESENT;
    expect(await signIn(device.use(await ask()))).toEqual({ status: 'refused' });
    device.flags = USER_PRESENT | USER_VERIFIED;
    const elsewhere = { host: 'other.test', origin: 'https://other.test' };
    expect(await signIn(device.use(await desk.beginSignIn(elsewhere)), elsewhere)).toEqual({
      status: 'refused',
    });
    const invented = { ...(await ask()), challenge: text(randomBytes(56)) };
    expect(await signIn(device.use(invented))).toEqual({ status: 'refused' });
    expect(await signIn(new SoftDevice().use(await ask()))).toEqual({ status: 'refused' });
    expect(await signIn({})).toEqual({ status: 'refused' });
    expect(await signIn(device.use(await ask()))).toMatchObject({ status: 'accepted' });
    expect(told()).toContainEqual({
      ...{ name: 'operator.login', operator: 'Li Mei' },
      detail: `with a passkey, from ${REMOTE}`,
    });
    expect(told()).toContainEqual({
      ...{ name: 'operator.authfailed', operator: 'Li Mei' },
      detail: `a passkey, from ${REMOTE}`,
    });
    expect(told()).toContainEqual({
      ...{ name: 'operator.authfailed', operator: '(unknown)' },
      detail: `a passkey, from ${REMOTE}`,
    });
  });

  it('confirms one order of one session, and neither a change of the password nor another’s order', async () => {
    const { clock, desk, owner, device, register, confirm } = await guardWithDevice();
    await register();
    const prove = async (as = owner) => {
      const response = device.use(await desk.beginConfirmation(as));
      const answer = await desk.confirm({ ...as, response, remote: REMOTE });
      return answer.status === 'done' ? answer.proof : '';
    };
    const proof = await prove();
    expect(await confirm(proof, 'other')).toEqual({ status: 'refused' });
    expect(await confirm(proof, 's', 'password')).toEqual({ status: 'refused' });
    expect(await confirm(proof)).toEqual({ status: 'accepted' });
    expect(await confirm(proof)).toEqual({ status: 'refused' });
    const old = await prove();
    clock.advance(2 * 60_000);
    expect(await confirm(old)).toEqual({ status: 'refused' });
    expect(await prove({ ...owner, operator: 'Zhou' })).toBe('');
    // What was asked of one session is no answer of another, nor for a sign-in.
    const asked = await desk.beginConfirmation(owner);
    const other = { ...owner, session: 'other', response: device.use(asked), remote: REMOTE };
    expect(await desk.confirm(other)).toEqual({ status: 'refused' });
    expect(await desk.signIn({ ...HERE, remote: REMOTE, response: device.use(asked) })).toEqual({
      status: 'refused',
    });
  });

  it('is taken off by its owner, by a supervisor with all others, and with the account', async () => {
    const { accounts, desk, device, register, signIn, told, store } = await guardWithDevice();
    await register();
    await register(new SoftDevice());
    expect(accounts.desk.list()[0]).toEqual({ name: 'Li Mei', role: 'guard', passkeys: 2 });
    const [first] = desk.list('Li Mei');
    desk.remove({ operator: 'Zhou', id: first?.id ?? '' });
    expect(desk.list('Li Mei')).toHaveLength(2);
    desk.remove({ operator: 'Li Mei', id: first?.id ?? '' });
    expect([desk.list('Li Mei').length, desk.isOn('Li Mei')]).toEqual([1, true]);
    expect(accounts.desk.removePasskeys({ operator: 'Li Mei', by: 'Zhou' })).toEqual({ status: 'done' });
    expect(desk.isOn('Li Mei')).toBe(false);
    expect(await signIn(device.use(await desk.beginSignIn(HERE)))).toEqual({ status: 'refused' });
    expect(told().filter(({ change }) => /passkey/.test(change))).toEqual([
      { name: 'operator.changed', operator: 'Li Mei', change: 'passkey-off', by: 'Zhou' },
      { name: 'operator.changed', operator: 'Li Mei', change: 'passkey-off', by: 'Li Mei' },
      { name: 'operator.changed', operator: 'Li Mei', change: 'passkey-on', by: 'Li Mei' },
      { name: 'operator.changed', operator: 'Li Mei', change: 'passkey-on', by: 'Li Mei' },
    ]);
    for (let at = 0; at < 10; at++) expect(await register(new SoftDevice())).toEqual({ status: 'done' });
    expect(await register(new SoftDevice())).toMatchObject({ cause: 'many' });
    accounts.desk.remove({ operator: 'Li Mei', by: 'Zhou' });
    expect(store.operators.passkeys.listOf('Li Mei')).toEqual([]);
  });
});
