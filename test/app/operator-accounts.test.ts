import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ScryptHasher } from '../../src/adapters/crypto/scrypt-hasher.ts';
import { COMMON_PASSWORDS } from '../../src/app/operators/common-passwords.ts';
import { OperatorAccounts } from '../../src/app/operators/operator-accounts.ts';
import { passwordProblem } from '../../src/app/operators/operator-credentials.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { LogEntry } from '../../src/ports/event-log.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { MemoryBrowsers, MemoryOperators } from '../support/store/memory-operators.ts';
import { RecordingLog } from '../support/store/recording-log.ts';

const PASSWORD = 'plum tree in rain';
const REMOTE = '192.0.2.7';
/** log2 of scrypt's cost, where a test is not about the cost. */
const QUICK = 4;

class CountingHasher extends ScryptHasher {
  verifications = 0;
  override verify(password: string, passwordHash: string): Promise<boolean> {
    this.verifications++;
    return super.verify(password, passwordHash);
  }
}

/** Drops a change with its event, as the store does. */
class ChangesLog extends RecordingLog {
  readonly #store: MemoryOperators;
  constructor(store: MemoryOperators) {
    super();
    this.#store = store;
  }
  override commit(entry: LogEntry) {
    const rows = super.commit(entry);
    for (const effect of entry.effects ?? []) {
      if (effect.kind !== 'noteOperatorChange') continue;
      this.#store.left.splice(
        this.#store.left.findIndex(({ id }) => id === effect.id),
        1,
      );
    }
    return rows;
  }
}

function build(hasher = new CountingHasher(QUICK)) {
  const store = new MemoryOperators();
  const browsers = new MemoryBrowsers();
  const log = new ChangesLog(store);
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const codes: string[] = [];
  const accounts = new OperatorAccounts({
    store,
    browsers,
    hasher,
    log,
    clock,
    logger,
    gate: 'north',
    randomBytes,
    onSetUpCode: (code) => codes.push(code),
  });
  return { accounts, store, browsers, log, clock, logger, hasher, codes };
}

async function withAccount(hasher?: CountingHasher) {
  const parts = build(hasher);
  parts.accounts.announceSetUp();
  await parts.accounts.setUp({
    code: parts.codes[0] ?? '',
    operator: 'Li Mei',
    password: PASSWORD,
    remote: REMOTE,
  });
  parts.log.events.length = 0;
  return parts;
}

describe('the first account', () => {
  it('prints a code of eight unmistakable characters in two groups, and none once an account exists', async () => {
    const { accounts, codes } = await withAccount();
    expect(codes).toEqual([expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)]);
    accounts.announceSetUp();
    expect(codes).toHaveLength(1);
    expect(accounts.needsSetUp()).toBe(false);
  });

  it('takes the code in small letters and with the usual misreadings', async () => {
    const { accounts, codes } = build();
    accounts.announceSetUp();
    const typed = (codes[0] ?? '').toLowerCase().replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    const answer = await accounts.setUp({
      code: typed,
      operator: 'Li Mei',
      password: PASSWORD,
      remote: REMOTE,
    });
    expect(answer).toMatchObject({ status: 'done', operator: 'Li Mei' });
  });

  it('keeps its code, and makes whoever types wrong ones wait; others are not held up', async () => {
    const { accounts, codes, clock, store } = build();
    accounts.announceSetUp();
    const code = codes[0] ?? '';
    const attempt = (typed: string, remote: string) =>
      accounts.setUp({ code: typed, operator: 'Li Mei', password: PASSWORD, remote });
    for (let round = 0; round < 40; round++) {
      for (let at = 0; at < 6; at++) await attempt('AAAA-AAAA', `192.0.2.${round}`);
    }
    expect(codes).toHaveLength(1);
    expect(await attempt(code, '192.0.2.39')).toEqual({ status: 'locked', retryAfterMs: 30_000 });
    clock.advance(30_000);
    expect((await attempt('AAAA-AAAA', '192.0.2.39')).status).toBe('refused');
    expect(await attempt(code, '192.0.2.39')).toEqual({ status: 'locked', retryAfterMs: 60_000 });
    expect(store.count()).toBe(0);
    expect((await attempt(code, '192.0.2.99')).status).toBe('done');
  });

  it.each([
    ['code', { code: 'AAAA-AAAA' }],
    ['name', { operator: '<script>' }],
    ['short', { password: 'short' }],
    ['own-name', { password: 'Li Mei Li Mei' }],
    ['common', { password: 'Willow Court 2026' }],
  ])('names the cause %s of a refusal for pages in other languages', async (cause, change) => {
    const { accounts, codes } = build();
    accounts.announceSetUp();
    const right = { code: codes[0] ?? '', operator: 'Li Mei', password: PASSWORD, remote: REMOTE };
    expect(await accounts.setUp({ ...right, ...change })).toMatchObject({ status: 'refused', cause });
  });

  it('does not count a right code whose name or password will not do', async () => {
    const { accounts, codes } = build();
    accounts.announceSetUp();
    const order = { code: codes[0] ?? '', operator: 'Li Mei', remote: REMOTE };
    for (let at = 0; at < 8; at++) await accounts.setUp({ ...order, password: 'short' });
    expect((await accounts.setUp({ ...order, password: PASSWORD })).status).toBe('done');
  });

  it('makes one account when two browsers send the right code at once', async () => {
    const { accounts, codes, store } = build();
    accounts.announceSetUp();
    const code = codes[0] ?? '';
    const answers = await Promise.all(
      ['One', 'Two'].map((operator) =>
        accounts.setUp({ code, operator, password: PASSWORD, remote: REMOTE }),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual(['done', 'refused']);
    expect(store.count()).toBe(1);
  });

  it('is refused once there is one', async () => {
    const { accounts, codes } = await withAccount();
    const again = await accounts.setUp({
      code: codes[0] ?? '',
      operator: 'Eve',
      password: PASSWORD,
      remote: REMOTE,
    });
    expect(again.status).toBe('refused');
  });

  it.each([
    ['', 'empty'],
    ['x'.repeat(33), 'too long'],
    ["Robert'); DROP TABLE operators;--", 'SQL'],
    ['<script>', 'markup'],
    ['a\u202eb', 'direction override'],
    [' Li', 'leading space'],
  ])('refuses the name %j (%s)', async (operator) => {
    const { accounts, codes, store } = build();
    accounts.announceSetUp();
    const answer = await accounts.setUp({
      code: codes[0] ?? '',
      operator,
      password: PASSWORD,
      remote: REMOTE,
    });
    expect(answer.status).toBe('refused');
    expect(store.count()).toBe(0);
  });

  it.each([
    'short12',
    'x'.repeat(129),
    'password',
    'Password123!',
    '12345678',
    'hgfedcba',
    'aaaaaaaa',
    'guard2020',
    'Li Mei 2020',
    'li meili mei',
  ])('refuses the password %j', (password) => {
    expect(passwordProblem('Li Mei', password)).toBeTypeOf('string');
  });

  it.each([
    'passwordpassword',
    'guardguard',
    'letmein letmein',
    'qwerty12345qwerty',
    'willowcourt',
    'northgate1',
    'gatepost-gatepost',
    'securityguard',
    'Summer2026',
    'Winter2026!',
    'liverpool',
    'charlie1',
    '112233445566778899',
    'abcabcabc',
    'P@ssw0rd!',
    'l1verp00l',
    '1qaz2wsx3edc',
    'sunshine sunshine',
    'Willow-Court-North',
    'willowcourt2026',
    '19870514',
    'ZhouZhou88',
    'limei zhou',
    '柳园小区门禁密码',
    'princess and',
    'aabbccddeeff',
  ])('refuses %j as one of the first that anybody would try here', (password) => {
    const words = ['Willow Court', '柳园', 'willow-court', 'north', 'Zhou'];
    expect(passwordProblem('Li Mei', password, words)).toMatch(/anybody would try|must not be the name/);
  });

  it('refuses every password of the list that is long enough, however it is written', () => {
    const list = COMMON_PASSWORDS.split(/\s/).filter((word) => word.length >= 8);
    expect(list.length).toBeGreaterThanOrEqual(10_000);
    // Every two-hundredth: the judgement makes a set of the list each time.
    for (const word of list.filter((_, at) => at % 200 === 0)) {
      expect([word, passwordProblem('Li Mei', word)]).toEqual([word, expect.any(String)]);
      expect(passwordProblem('Li Mei', `${word.toUpperCase()}!`)).toBeTypeOf('string');
    }
  });

  it('judges the longest password at once', () => {
    for (const unit of ['!', 'the', 'abcdefghijklmnopq']) {
      passwordProblem('Li Mei', `${unit.repeat(64).slice(0, 120)}x`);
    }
  });

  it.each([
    ['Li Mei', PASSWORD],
    ['Li Mei', 'apricot in snow'],
    ['Li Mei', 'fourteen green bottles'],
    ['Li Mei', 'xk7q9vbt'],
    ['王大妈', '老槐树下的石桌子'],
    ['1234', '90817263'],
  ])('accepts for %j the password %j', (name, password) => {
    expect(passwordProblem(name, password)).toBeUndefined();
  });

  it('keeps no password, only a salted hash', async () => {
    const { store } = await withAccount(new CountingHasher());
    expect(store.find('Li Mei')?.passwordHash).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$/);
  });
});

describe('signing in', () => {
  it('accepts the right password and writes login and logout down', async () => {
    const { accounts, log } = await withAccount();
    const answer = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    expect(answer).toMatchObject({ status: 'accepted', operator: 'Li Mei' });
    accounts.logout('Li Mei');
    expect(log.events).toMatchObject([
      { name: 'operator.login', subject: 'north', data: { operator: 'Li Mei', detail: `from ${REMOTE}` } },
      { name: 'operator.logout', subject: 'north', data: { operator: 'Li Mei' } },
    ]);
  });

  it('takes a password whose letters another keyboard composes differently', async () => {
    const { accounts, codes } = build();
    accounts.announceSetUp();
    await accounts.setUp({
      code: codes[0] ?? '',
      operator: 'Zo\u00eb',
      password: 'caf\u00e9 at noon',
      remote: REMOTE,
    });
    const answer = await accounts.login({
      operator: 'Zoe\u0308',
      password: 'cafe\u0301 at noon',
      remote: REMOTE,
    });
    expect(answer.status).toBe('accepted');
  });

  it('answers and works the same for a wrong password and an unknown name', async () => {
    const { accounts, hasher } = await withAccount();
    const wrong = await accounts.login({
      operator: 'Li Mei',
      password: 'not it at all',
      remote: '192.0.2.1',
    });
    const unknown = await accounts.login({
      operator: 'Nobody',
      password: 'not it at all',
      remote: '192.0.2.2',
    });
    const noName = await accounts.login({ operator: "' OR 1=1 --", password: 'x', remote: '192.0.2.3' });
    expect(wrong).toEqual({ status: 'refused' });
    expect(unknown).toEqual(wrong);
    expect(noName).toEqual(wrong);
    expect(hasher.verifications).toBe(3);
  });

  it('writes failures down without the password and without what was typed for an unknown name', async () => {
    const { accounts, log } = await withAccount();
    await accounts.login({ operator: 'Li Mei', password: 'a wrong secret', remote: REMOTE });
    await accounts.login({ operator: 'my real secret', password: 'another secret', remote: REMOTE });
    expect(log.events).toMatchObject([
      { name: 'operator.authfailed', data: { operator: 'Li Mei' } },
      { name: 'operator.authfailed', data: { operator: '(unknown)' } },
    ]);
    expect(JSON.stringify(log.events)).not.toContain('secret');
  });

  it('locks a name after five wrong tries from anywhere, for a growing time on the monotonic clock', async () => {
    const { accounts, clock } = await withAccount();
    const attempt = (at: number, password: string) =>
      accounts.login({ operator: 'Li Mei', password, remote: `192.0.2.${at}` });
    for (let at = 0; at < 5; at++) expect((await attempt(at, 'wrong one')).status).toBe('refused');
    expect(await attempt(10, PASSWORD)).toEqual({ status: 'locked', retryAfterMs: 30_000 });
    clock.jumpTo(clock.read().wallMs + 86_400_000);
    expect((await attempt(10, PASSWORD)).status).toBe('locked');
    clock.advance(30_000);
    expect((await attempt(10, 'wrong one')).status).toBe('refused');
    expect(await attempt(11, PASSWORD)).toEqual({ status: 'locked', retryAfterMs: 60_000 });
    clock.advance(60_000);
    expect((await attempt(11, PASSWORD)).status).toBe('accepted');
    expect((await attempt(11, 'wrong one')).status).toBe('refused');
  });

  it('locks an address that tries one name after another, and leaves other addresses alone', async () => {
    const { accounts } = await withAccount();
    for (let at = 0; at < 5; at++) {
      await accounts.login({ operator: `Guess ${at}`, password: 'wrong one', remote: REMOTE });
    }
    const here = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    const elsewhere = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: '192.0.2.99' });
    expect(here.status).toBe('locked');
    expect(elsewhere.status).toBe('accepted');
  });

  it('does not let a burst of tries through before the first has failed', async () => {
    const { accounts, hasher } = await withAccount();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        accounts.login({ operator: 'Li Mei', password: 'wrong one', remote: REMOTE }),
      ),
    );
    expect(answers.filter((answer) => answer.status === 'refused')).toHaveLength(5);
    expect(hasher.verifications).toBe(5);
  });

  it('asks a signed-in guard anew, counts that for the session alone, and writes only a wrong password down', async () => {
    const { accounts, log } = await withAccount();
    const order = { operator: 'Li Mei', remote: REMOTE, session: 'one' };
    expect(await accounts.confirm({ ...order, password: PASSWORD })).toEqual({ status: 'accepted' });
    expect(log.events).toEqual([]);
    for (let tries = 0; tries < 5; tries++) {
      expect((await accounts.confirm({ ...order, password: 'a wrong secret' })).status).toBe('refused');
    }
    expect(log.events).toHaveLength(5);
    expect(log.events).toMatchObject([
      { name: 'operator.authfailed', data: { operator: 'Li Mei' } },
      {},
      {},
      {},
      {},
    ]);
    expect(JSON.stringify(log.events)).not.toContain('secret');
    expect((await accounts.confirm({ ...order, password: PASSWORD })).status).toBe('locked');
    expect((await accounts.confirm({ ...order, session: 'two', password: PASSWORD })).status).toBe(
      'accepted',
    );
    expect((await accounts.login({ ...order, password: PASSWORD })).status).toBe('accepted');
  });

  it('lets the guard in when the log cannot be written, and warns', async () => {
    const { accounts, log, logger } = await withAccount();
    log.broken = true;
    const answer = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    expect(answer.status).toBe('accepted');
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { event: 'operator.login' } }]);
  });
});

describe('the lock-out of a name', () => {
  const guess = (accounts: OperatorAccounts, at: number, operator = 'Li Mei') =>
    accounts.login({ operator, password: 'wrong one', remote: `192.0.2.${at}` });

  it('keeps no signed-in guard from confirming, and no browser of theirs from signing in', async () => {
    const { accounts } = await withAccount();
    const first = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    const browser = first.status === 'accepted' ? first.browser : undefined;
    expect(browser).toMatch(/^[\w-]{43}$/);
    for (let at = 0; at < 5; at++) await guess(accounts, at);
    const order = { operator: 'Li Mei', password: PASSWORD, remote: REMOTE };
    expect((await accounts.login(order)).status).toBe('locked');
    expect((await accounts.login({ ...order, browser: 'guessed' })).status).toBe('locked');
    expect((await accounts.confirm({ ...order, session: 'one' })).status).toBe('accepted');
    const again = await accounts.login({ ...order, browser });
    expect(again).toMatchObject({ status: 'accepted', browser });
  });

  it('lets a known browser through behind the address the attack comes from', async () => {
    const { accounts } = await withAccount();
    const first = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    const browser = first.status === 'accepted' ? first.browser : undefined;
    for (let at = 0; at < 9; at++) {
      await accounts.login({ operator: `Guess ${at}`, password: 'wrong one', remote: REMOTE });
    }
    const order = { operator: 'Li Mei', password: PASSWORD, remote: REMOTE };
    expect((await accounts.login(order)).status).toBe('locked');
    expect((await accounts.login({ ...order, browser })).status).toBe('accepted');
  });

  it('counts the tries of a known browser for itself, for the names it has signed in with', async () => {
    const { accounts, store, hasher } = await withAccount();
    const first = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    const browser = first.status === 'accepted' ? first.browser : undefined;
    const order = { operator: 'Li Mei', remote: REMOTE, browser };
    for (let at = 0; at < 5; at++) await accounts.login({ ...order, password: 'wrong one' });
    expect((await accounts.login({ ...order, password: PASSWORD })).status).toBe('locked');
    const elsewhere = { operator: 'Li Mei', password: PASSWORD, remote: '192.0.2.50' };
    expect((await accounts.login(elsewhere)).status).toBe('accepted');

    store.put({ name: 'Zhou', passwordHash: await hasher.hash(PASSWORD), role: 'guard' });
    for (let at = 60; at < 65; at++) await guess(accounts, at, 'Zhou');
    expect((await accounts.login({ ...elsewhere, operator: 'Zhou', browser })).status).toBe('locked');
  });

  it('is not flushed by tries with other names from other addresses', async () => {
    const { accounts, hasher } = await withAccount();
    for (let at = 0; at < 5; at++) await guess(accounts, at);
    // 500 real hashes would take minutes; what is counted is the try.
    hasher.verify = async () => false;
    for (let at = 0; at < 2_500; at++) {
      await accounts.login({
        operator: `Nobody ${at}`,
        password: 'wrong one',
        remote: `2001:db8:${at.toString(16)}::1`,
      });
    }
    expect(await guess(accounts, 77)).toEqual({ status: 'locked', retryAfterMs: 30_000 });
  });

  it('counts a whole /64 of IPv6 as one address', async () => {
    const { accounts } = await withAccount();
    for (let at = 0; at < 5; at++) {
      await accounts.login({ operator: `Guess ${at}`, password: 'wrong', remote: `2001:db8::${at}` });
    }
    const order = { operator: 'Li Mei', password: PASSWORD };
    expect((await accounts.login({ ...order, remote: '2001:db8::ffff' })).status).toBe('locked');
    expect((await accounts.login({ ...order, remote: '2001:db8:0:1::1' })).status).toBe('accepted');
  });
});

describe('accounts changed outside of the daemon', () => {
  const change = { id: 1, operator: 'Li Mei', change: 'removed', atMs: 1_000, quality: 'synced' } as const;

  it('become events with the time of the command, once, and are told to whoever keeps sessions', async () => {
    const { accounts, store, log, clock } = await withAccount();
    const told: string[] = [];
    accounts.onChanged((operator) => told.push(operator));
    await accounts.start(new AbortController().signal);
    store.left.push(change);
    clock.advance(2_000);
    expect(told).toEqual(['Li Mei']);
    expect(log.events).toMatchObject([
      {
        name: 'operator.changed',
        subject: 'north',
        timeMs: 1_000,
        data: { operator: 'Li Mei', change: 'removed' },
      },
    ]);
    clock.advance(2_000);
    expect(told).toEqual(['Li Mei']);
    await accounts.stop();
    expect(clock.pendingTimers()).toBe(0);
  });

  it('wait for a log that can be written; the sessions do not', async () => {
    const { accounts, store, log, clock } = await withAccount();
    const told: string[] = [];
    accounts.onChanged((operator) => told.push(operator));
    await accounts.start(new AbortController().signal);
    log.broken = true;
    store.left.push(change);
    clock.advance(4_000);
    expect([told, log.events]).toEqual([['Li Mei'], []]);
    log.broken = false;
    clock.advance(2_000);
    expect(log.events).toMatchObject([{ name: 'operator.changed' }]);
    await accounts.stop();
  });

  it('ask for the set-up code again when the last one is removed', async () => {
    const { accounts, store, codes, clock } = await withAccount();
    await accounts.start(new AbortController().signal);
    store.records.clear();
    store.left.push(change);
    clock.advance(2_000);
    expect(codes).toHaveLength(2);
    await accounts.stop();
  });

  it('end a sign-in that is being checked meanwhile', async () => {
    const { accounts, store } = await withAccount();
    const answer = accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    store.records.clear();
    expect((await answer).status).toBe('refused');
  });
});

describe('accounts made and ended at the screen', () => {
  const by = 'Li Mei';
  const newPassword = 'rain over the old bridge';

  /** Started, with a supervisor Li Mei and a guard Zhou. */
  async function withTwo() {
    const parts = await withAccount();
    await parts.accounts.start(new AbortController().signal);
    const { desk } = parts.accounts;
    expect(await desk.create({ operator: 'Zhou', role: 'guard', newPassword, by })).toEqual({
      status: 'done',
    });
    return { ...parts, desk, told: () => parts.log.events.splice(0).map(({ data }) => data) };
  }

  it('are events at once, and end what was open under the name', async () => {
    const { accounts, desk, told } = await withTwo();
    const changed: string[] = [];
    accounts.onChanged((operator) => changed.push(operator));
    const credentials = [accounts.credentialOf('Zhou')];
    const signIn = async (password: string) =>
      (await accounts.login({ operator: 'Zhou', password, remote: REMOTE })).status;
    expect([await signIn(newPassword), accounts.roleOf('Zhou')]).toEqual(['accepted', 'guard']);
    expect(desk.setRole({ operator: 'Zhou', role: 'office', by })).toEqual({ status: 'done' });
    credentials.push(accounts.credentialOf('Zhou'));
    await desk.setPassword({ operator: 'Zhou', newPassword: 'snow on the old bridge', by });
    credentials.push(accounts.credentialOf('Zhou'));
    expect(new Set(credentials).size).toBe(3);
    expect([await signIn(newPassword), await signIn('snow on the old bridge')]).toEqual([
      'refused',
      'accepted',
    ]);
    desk.endSessions({ operator: 'Zhou', by });
    desk.remove({ operator: 'Zhou', by });
    expect([accounts.credentialOf('Zhou'), accounts.roleOf('Zhou')]).toEqual([undefined, undefined]);
    expect(told().filter((data) => 'change' in data)).toEqual([
      { operator: 'Zhou', change: 'created', role: 'guard', by },
      { operator: 'Zhou', change: 'role', role: 'office', by },
      { operator: 'Zhou', change: 'password', by },
      { operator: 'Zhou', change: 'sessions-ended', by },
      { operator: 'Zhou', change: 'removed', by },
    ]);
    expect(changed).toEqual(['Zhou', 'Zhou', 'Zhou', 'Zhou']);
    await accounts.stop();
  });

  it.each<[string, string, (desk: OperatorAccounts['desk']) => unknown]>([
    [
      'a name that is there',
      'exists',
      (desk) => desk.create({ operator: 'Zhou', role: 'guard', newPassword, by }),
    ],
    ['what is no name', 'name', (desk) => desk.create({ operator: '<b>', role: 'guard', newPassword, by })],
    [
      'a weak password',
      'common',
      (desk) => desk.setPassword({ operator: 'Zhou', newPassword: 'password1', by }),
    ],
    [
      'another’s name as password',
      'common',
      (desk) => desk.setPassword({ operator: 'Zhou', newPassword: 'Li MeiLi Mei', by }),
    ],
    [
      'the name itself',
      'own-name',
      (desk) => desk.create({ operator: 'Wang Fang', role: 'guard', newPassword: 'wangfang', by }),
    ],
    ['a password for nobody', 'unknown', (desk) => desk.setPassword({ operator: 'Wang', newPassword, by })],
    ['a role for nobody', 'unknown', (desk) => desk.setRole({ operator: 'Wang', role: 'guard', by })],
    ['the end of nobody', 'unknown', (desk) => desk.remove({ operator: 'Wang', by })],
    ['the sessions of nobody', 'unknown', (desk) => desk.endSessions({ operator: 'Wang', by })],
    ['the last supervisor’s end', 'last-supervisor', (desk) => desk.remove({ operator: by, by: 'Zhou' })],
    [
      'the last supervisor’s role',
      'last-supervisor',
      (desk) => desk.setRole({ operator: by, role: 'guard', by }),
    ],
  ])('refuse %s with words, and change nothing', async (_what, cause, order) => {
    const { accounts, store, desk, told } = await withTwo();
    const before = [...store.records.values()];
    told();
    const answer = await order(desk);
    expect(answer).toMatchObject({ status: 'refused', cause, detail: expect.stringMatching(/\w{3}.*\.$/s) });
    expect([[...store.records.values()], told()]).toEqual([before, []]);
    await accounts.stop();
  });

  it('keep everybody from ending the own account, and let another supervisor do it', async () => {
    const { accounts, desk } = await withTwo();
    desk.setRole({ operator: 'Zhou', role: 'supervisor', by });
    expect(desk.remove({ operator: by, by })).toMatchObject({ cause: 'oneself' });
    expect(desk.setRole({ operator: by, role: 'guard', by })).toMatchObject({ cause: 'oneself' });
    expect(desk.remove({ operator: by, by: 'Zhou' })).toEqual({ status: 'done' });
    await accounts.stop();
  });

  it('keep the role of the last reading while the store cannot be read, and record what has no right', async () => {
    const { accounts, store, told } = await withTwo();
    expect(accounts.roleOf('Zhou')).toBe('guard');
    const find = store.find.bind(store);
    store.find = () => {
      throw new GatepostError('log.unavailable', 'The card is gone.');
    };
    expect([accounts.roleOf('Zhou'), accounts.roleOf('Wang')]).toEqual(['guard', undefined]);
    store.find = find;
    told();
    accounts.refused('Zhou', 'level', REMOTE);
    expect(told()).toEqual([{ operator: 'Zhou', detail: `has no right to: level, from ${REMOTE}` }]);
    await accounts.stop();
  });
});
