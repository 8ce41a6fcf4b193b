import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Secret, type TOTP, URI } from 'otpauth';
import { describe, expect, it } from 'vitest';
import { KeyedSecretBox } from '../../src/adapters/crypto/keyed-secret-box.ts';
import { TotpCodes } from '../../src/adapters/crypto/one-time-codes.ts';
import { ScryptHasher } from '../../src/adapters/crypto/scrypt-hasher.ts';
import { OperatorAccounts } from '../../src/app/operators/operator-accounts.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const PASSWORD = 'plum tree in rain';
const REMOTE = '192.0.2.7';
const STEP_MS = 30_000;
const WRONG_CODE = { status: 'refused', cause: 'code' };
/** log2 of scrypt's cost: none of this is about it. */
const QUICK = 4;

const keyOf = () => generateKeyPairSync('ed25519').privateKey;

describe('the codes', () => {
  // RFC 6238, appendix B, SHA-1: the last six of its eight digits, as apps on phones show.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('are those of RFC 6238 at %i s', (seconds, code) => {
    const secret = new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer }).base32;
    const codes = new TotpCodes('Willow Court');
    const step = Math.floor(seconds / 30);
    expect(codes.stepOf(code, secret, seconds * 1000)).toBe(step);
    // One step early, one late, and none further.
    expect(codes.stepOf(code, secret, (step - 1) * STEP_MS)).toBe(step);
    expect(codes.stepOf(code, secret, (step + 2) * STEP_MS - 1)).toBe(step);
    expect(codes.stepOf(code, secret, (step - 1) * STEP_MS - 1)).toBeUndefined();
    expect(codes.stepOf(code, secret, (step + 2) * STEP_MS)).toBeUndefined();
  });

  it('are sealed for one account, with a key without which they cannot be opened', () => {
    const [key, other] = [keyOf(), keyOf()];
    const box = new KeyedSecretBox(() => key);
    const sealed = box.seal('SECRET', 'Li Mei');
    expect(sealed).not.toContain('SECRET');
    expect(box.seal('SECRET', 'Li Mei')).not.toBe(sealed);
    expect(box.open(sealed, 'Li Mei')).toBe('SECRET');
    expect(box.open(sealed, 'Wang')).toBeUndefined();
    expect(box.open(`${sealed.slice(0, -2)}xx`, 'Li Mei')).toBeUndefined();
    expect(box.open('', 'Li Mei')).toBeUndefined();
    expect(new KeyedSecretBox(() => other).open(sealed, 'Li Mei')).toBeUndefined();
    // A store that was put back on another card.
    expect(new KeyedSecretBox(() => undefined).open(sealed, 'Li Mei')).toBeUndefined();
  });
});

/** A supervisor and a guard on a real store; the guard's phone has a code for the kiosk, unless it is not to. */
async function guards(enrolled = true) {
  const clock = new VirtualClock();
  const store = await openStore(temporaryFolder(), { clock });
  let key = keyOf();
  let isWritable = true;
  const codes = {
    find: (operator: string) => store.operators.codes.find(operator),
    useStep: (operator: string, step: number) => {
      if (!isWritable) throw new GatepostError('log.unavailable', 'The disk is full.');
      return store.operators.codes.useStep(operator, step);
    },
    useRecovery: (operator: string, digest: string) => {
      if (!isWritable) throw new GatepostError('log.unavailable', 'The disk is full.');
      return store.operators.codes.useRecovery(operator, digest);
    },
  };
  const make = () =>
    new OperatorAccounts({
      store: store.operators,
      browsers: store.browsers,
      hasher: new ScryptHasher(QUICK),
      codes: { store: codes, arithmetic: new TotpCodes('Willow Court'), box: new KeyedSecretBox(() => key) },
      log: store.log,
      clock,
      logger: new SilentLogger(),
      gate: 'north',
      randomBytes,
      onSetUpCode: () => undefined,
    });
  let accounts = make();
  const by = 'Zhou';
  for (const [operator, role] of [
    ['Zhou', 'supervisor'],
    ['Li Mei', 'guard'],
    ['Chen', 'office'],
  ] as const)
    await accounts.desk.create({ operator, role, newPassword: PASSWORD, by });
  const desk = () => {
    const { codes: found } = accounts;
    if (found === undefined) throw new Error('There are no codes.');
    return found;
  };
  /** The phone takes the QR code, and types the first code. */
  const enrol = (operator: string) => {
    const { uri, secret } = desk().begin(operator);
    const phone = URI.parse(uri) as TOTP;
    expect(phone).toMatchObject({ issuer: 'Willow Court', label: operator });
    expect(phone.secret.base32).toBe(secret);
    const first = phone.generate({ timestamp: clock.read().wallMs });
    const answer = desk().confirm({ operator, code: first });
    if (answer.status !== 'done') throw new Error(answer.detail);
    return { phone, first, recovery: answer.recovery };
  };
  const { phone, first, recovery } = enrolled
    ? enrol('Li Mei')
    : { phone: undefined, first: '', recovery: [] };
  const shown = () => phone?.generate({ timestamp: clock.read().wallMs }) ?? '';
  const login = (code?: string, password = PASSWORD, remote = REMOTE) =>
    accounts.login({ operator: 'Li Mei', password, remote, ...(code !== undefined && { code }) });
  const told = () =>
    store.log
      .recent(['operator.login', 'operator.authfailed', 'operator.changed'], 50)
      .map(({ name, body }) => [name, JSON.parse(Buffer.from(body).toString()).data]);
  return {
    ...{ store, clock, desk, enrol, phone, first, recovery, shown, login, told },
    accounts: () => accounts,
    confirm: (password: string, strict?: 'password' | { readonly both: string | undefined }) =>
      accounts.confirm({
        ...{ operator: 'Li Mei', password, session: 's', remote: REMOTE },
        ...(strict && { strict }),
      }),
    restart: () => {
      accounts = make();
    },
    otherKey: () => {
      key = keyOf();
    },
    fillDisk: () => {
      isWritable = false;
    },
  };
}

describe('a sign-in with one-time codes', () => {
  it('asks for the code after the right password alone, and takes each once, also over a restart', async () => {
    const { login, shown, first, clock, restart, told } = await guards();
    expect(await login(undefined, 'wrong')).toEqual({ status: 'refused' });
    expect(await login(undefined)).toEqual({ status: 'code', cause: 'missing' });
    // The code of the enrolment is used.
    expect(await login(first)).toEqual({ status: 'code', cause: 'wrong' });
    clock.advance(STEP_MS);
    const code = shown();
    expect(await login(code)).toMatchObject({ status: 'accepted', operator: 'Li Mei' });
    expect(await login(code)).toEqual({ status: 'code', cause: 'wrong' });
    restart();
    expect(await login(code)).toEqual({ status: 'code', cause: 'wrong' });
    clock.advance(STEP_MS);
    expect(await login(`${shown().slice(0, 3)} ${shown().slice(3)}`)).toMatchObject({ status: 'accepted' });
    const failed = told().filter(([name]) => name === 'operator.authfailed');
    expect(failed).toContainEqual([
      'operator.authfailed',
      { operator: 'Li Mei', detail: `a one-time code, from ${REMOTE}` },
    ]);
    expect(JSON.stringify(told())).not.toContain(code);
  });

  it('takes none again when the clock was set back', async () => {
    const { login, shown, clock } = await guards();
    clock.advance(10 * STEP_MS);
    const { wallMs } = clock.read();
    const unused = shown();
    clock.advance(10 * STEP_MS);
    expect(await login(shown())).toMatchObject({ status: 'accepted' });
    clock.jumpTo(wallMs);
    expect(await login(unused)).toMatchObject({ status: 'code' });
  });

  it('has codes guessed no faster than passwords, and never lets the guard’s own browser wait for it', async () => {
    const { accounts, login, shown, clock } = await guards();
    clock.advance(STEP_MS);
    const signedIn = await login(shown());
    const browser = signedIn.status === 'accepted' ? signedIn.browser : undefined;
    expect(browser).toBeDefined();
    let locked = 0;
    for (let at = 0; at < 40; at++) {
      const answer = await login(String(at).padStart(6, '0'), PASSWORD, `198.51.${at}.1`);
      expect(answer.status).not.toBe('accepted');
      if (answer.status === 'locked') locked++;
    }
    expect(locked).toBeGreaterThan(30);
    clock.advance(STEP_MS);
    const own = { operator: 'Li Mei', password: PASSWORD, remote: REMOTE, browser, code: shown() };
    expect(await accounts().login(own)).toMatchObject({ status: 'accepted' });
  });

  it('goes on with recovery codes while the clock is wrong, each once, and says so', async () => {
    const { login, shown, clock, recovery, store, restart, told } = await guards();
    expect(new Set(recovery).size).toBe(10);
    for (const text of recovery) expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    const code = shown();
    clock.jumpTo(clock.read().wallMs + 3_600_000);
    clock.quality = 'unsynced';
    expect(await login(code)).toEqual({ status: 'code', cause: 'clock' });
    const typed = (recovery[3] ?? '').toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o');
    expect(await login(typed)).toMatchObject({ status: 'accepted' });
    expect(await login(typed)).toEqual({ status: 'code', cause: 'clock' });
    restart();
    expect(await login(recovery[3])).toEqual({ status: 'code', cause: 'clock' });
    expect(store.operators.codes.find('Li Mei')?.recovery).toHaveLength(9);
    expect(told()).toContainEqual([
      'operator.login',
      { operator: 'Li Mei', detail: `with a recovery code, 9 left, from ${REMOTE}` },
    ]);
    // A clock that is right counts, whether it is believed or not: the phone agrees with it.
    expect(await login(shown())).toMatchObject({ status: 'accepted' });
  });

  it('goes on with recovery codes where the store was put back on another card', async () => {
    const { login, shown, clock, recovery, otherKey } = await guards();
    otherKey();
    clock.advance(STEP_MS);
    expect(await login(shown())).toEqual({ status: 'code', cause: 'wrong' });
    expect(await login(recovery[0])).toMatchObject({ status: 'accepted' });
  });

  it('goes on while the disk is full, and takes each code once until the next start', async () => {
    const { login, shown, clock, recovery, fillDisk } = await guards();
    fillDisk();
    clock.advance(STEP_MS);
    expect(await login(shown())).toMatchObject({ status: 'accepted' });
    expect(await login(shown())).toEqual({ status: 'code', cause: 'wrong' });
    expect(await login(recovery[0])).toMatchObject({ status: 'accepted' });
    expect(await login(recovery[0])).toEqual({ status: 'code', cause: 'wrong' });
  });

  it('keeps neither secret nor recovery code where a copy of the store would tell them', async () => {
    const { store, phone, recovery } = await guards();
    const kept = JSON.stringify(store.operators.codes.find('Li Mei'));
    expect(kept).not.toContain(phone?.secret.base32);
    for (const code of recovery) expect(kept).not.toContain(code.replaceAll('-', ''));
  });
});

describe('a second look with one-time codes', () => {
  it('takes a code in the place of the password, and counts wrong ones like wrong passwords', async () => {
    const { confirm, shown, clock } = await guards();
    clock.advance(STEP_MS);
    expect(await confirm(PASSWORD)).toEqual({ status: 'accepted' });
    const code = shown();
    expect(await confirm(code)).toEqual({ status: 'accepted' });
    for (let at = 0; at < 5; at++) expect(await confirm(code)).toEqual(WRONG_CODE);
    expect(await confirm(PASSWORD)).toMatchObject({ status: 'locked' });
  });

  it('takes the password alone for the password, and both for the code itself', async () => {
    const { confirm, shown, clock, recovery } = await guards();
    clock.advance(STEP_MS);
    expect(await confirm(shown(), 'password')).toEqual({ status: 'refused' });
    expect(await confirm(PASSWORD, 'password')).toEqual({ status: 'accepted' });
    expect(await confirm(PASSWORD, { both: undefined })).toEqual(WRONG_CODE);
    expect(await confirm('wrong', { both: shown() })).toEqual({ status: 'refused' });
    expect(await confirm(PASSWORD, { both: shown() })).toEqual({ status: 'accepted' });
    expect(await confirm(PASSWORD, { both: recovery[0] })).toEqual({ status: 'accepted' });
  });

  it('is the password as ever for accounts without codes', async () => {
    const { confirm, login } = await guards(false);
    expect(await login()).toMatchObject({ status: 'accepted' });
    expect(await confirm('123456')).toEqual({ status: 'refused' });
    expect(await confirm(PASSWORD, { both: undefined })).toEqual({ status: 'accepted' });
  });
});

describe('the codes of an account', () => {
  it('count once the phone has shown the first one, in time', async () => {
    const { desk, login, clock, enrol } = await guards(false);
    expect(desk().confirm({ operator: 'Li Mei', code: '123456' })).toMatchObject({ cause: 'begin' });
    const { uri } = desk().begin('Li Mei');
    const phone = URI.parse(uri) as TOTP;
    expect(desk().view('Li Mei')).toEqual({ on: false, recovery: 0 });
    expect(await login()).toMatchObject({ status: 'accepted' });
    const late = phone.generate({ timestamp: clock.read().wallMs - 10 * STEP_MS });
    expect(desk().confirm({ operator: 'Li Mei', code: late })).toMatchObject({ cause: 'code' });
    clock.quality = 'unsynced';
    expect(desk().confirm({ operator: 'Li Mei', code: late })).toMatchObject({ cause: 'clock' });
    clock.advance(10 * 60_000);
    const now = phone.generate({ timestamp: clock.read().wallMs });
    expect(desk().confirm({ operator: 'Li Mei', code: now })).toMatchObject({ cause: 'begin' });
    enrol('Li Mei');
    expect([desk().view('Li Mei'), desk().isOn('Li Mei'), desk().isOn('Zhou')]).toEqual([
      { on: true, recovery: 10 },
      true,
      false,
    ]);
    expect(await login()).toEqual({ status: 'code', cause: 'missing' });
  });

  it('are put in the place of those before, with new recovery codes', async () => {
    const { enrol, login, phone, recovery, clock } = await guards();
    clock.advance(2 * STEP_MS);
    const next = enrol('Li Mei');
    clock.advance(STEP_MS);
    expect(await login(phone?.generate({ timestamp: clock.read().wallMs }))).toMatchObject({
      status: 'code',
    });
    expect(await login(recovery[0])).toMatchObject({ status: 'code' });
    expect(await login(next.recovery[0])).toMatchObject({ status: 'accepted' });
  });

  it('are taken off by oneself, or by supervisor or office for somebody who lost the phone, on record', async () => {
    const { accounts, desk, enrol, login, told, store } = await guards();
    const off = (operator: string, by: string) => accounts().desk.removeCode({ operator, by });
    enrol('Zhou');
    expect(accounts().desk.list()).toEqual([
      { name: 'Chen', role: 'office' },
      { name: 'Li Mei', role: 'guard', code: true },
      { name: 'Zhou', role: 'supervisor', code: true },
    ]);
    expect(off('Wang', 'Zhou')).toMatchObject({ cause: 'unknown' });
    expect(off('Zhou', 'Zhou')).toMatchObject({ cause: 'oneself' });
    expect(off('Zhou', 'Chen')).toMatchObject({ cause: 'above' });
    expect(off('Li Mei', 'Chen')).toEqual({ status: 'done' });
    expect(off('Li Mei', 'Chen')).toEqual({ status: 'done' });
    expect(await login()).toMatchObject({ status: 'accepted' });
    desk().remove('Zhou');
    const changes = told().filter(([name]) => name === 'operator.changed');
    expect(changes.map(([, data]) => data).filter((data) => /code/.test(JSON.stringify(data)))).toEqual([
      { operator: 'Zhou', change: 'code-off', by: 'Zhou' },
      { operator: 'Li Mei', change: 'code-off', by: 'Chen' },
      { operator: 'Zhou', change: 'code-on', by: 'Zhou' },
      { operator: 'Li Mei', change: 'code-on', by: 'Li Mei' },
    ]);
    // With the account everything of it goes.
    enrol('Li Mei');
    accounts().desk.remove({ operator: 'Li Mei', by: 'Zhou' });
    expect(store.operators.codes.find('Li Mei')).toBeUndefined();
  });
});
