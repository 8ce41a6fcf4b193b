import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ScryptHasher } from '../../src/adapters/crypto/scrypt-hasher.ts';
import { OperatorAccounts } from '../../src/app/operator-accounts.ts';
import { passwordProblem } from '../../src/app/operator-credentials.ts';
import { MemoryOperators } from '../support/memory-operators.ts';
import { RecordingLog } from '../support/recording-log.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const PASSWORD = 'plum tree in rain';
const REMOTE = '192.0.2.7';

class CountingHasher extends ScryptHasher {
  verifications = 0;
  override verify(password: string, passwordHash: string): Promise<boolean> {
    this.verifications++;
    return super.verify(password, passwordHash);
  }
}

function build() {
  const store = new MemoryOperators();
  const log = new RecordingLog();
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const hasher = new CountingHasher();
  const codes: string[] = [];
  const accounts = new OperatorAccounts({
    store,
    hasher,
    log,
    clock,
    logger,
    gate: 'north',
    randomBytes,
    onSetUpCode: (code) => codes.push(code),
  });
  return { accounts, store, log, clock, logger, hasher, codes };
}

async function withAccount() {
  const parts = build();
  parts.accounts.announceSetUp();
  await parts.accounts.setUp({ code: parts.codes[0] ?? '', operator: 'Li Mei', password: PASSWORD });
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
    const answer = await accounts.setUp({ code: typed, operator: 'Li Mei', password: PASSWORD });
    expect(answer).toEqual({ status: 'done', operator: 'Li Mei' });
  });

  it('makes and prints a new code after five wrong tries; the old one is worth nothing', async () => {
    const { accounts, codes, store } = build();
    accounts.announceSetUp();
    const first = codes[0] ?? '';
    for (let tries = 0; tries < 5; tries++) {
      const answer = await accounts.setUp({ code: 'wrong', operator: 'Li Mei', password: PASSWORD });
      expect(answer.status).toBe('refused');
    }
    expect(codes).toHaveLength(2);
    const old = await accounts.setUp({ code: first, operator: 'Li Mei', password: PASSWORD });
    expect(old.status).toBe('refused');
    expect(store.count()).toBe(0);
    const fresh = await accounts.setUp({ code: codes[1] ?? '', operator: 'Li Mei', password: PASSWORD });
    expect(fresh.status).toBe('done');
  });

  it('makes one account when two browsers send the right code at once', async () => {
    const { accounts, codes, store } = build();
    accounts.announceSetUp();
    const code = codes[0] ?? '';
    const answers = await Promise.all(
      ['One', 'Two'].map((operator) => accounts.setUp({ code, operator, password: PASSWORD })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual(['done', 'refused']);
    expect(store.count()).toBe(1);
  });

  it('is refused once there is one', async () => {
    const { accounts, codes } = await withAccount();
    const again = await accounts.setUp({ code: codes[0] ?? '', operator: 'Eve', password: PASSWORD });
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
    const answer = await accounts.setUp({ code: codes[0] ?? '', operator, password: PASSWORD });
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
    ['Li Mei', PASSWORD],
    ['王大妈', '老槐树下的石桌子'],
    ['1234', '90817263'],
  ])('accepts for %j the password %j', (name, password) => {
    expect(passwordProblem(name, password)).toBeUndefined();
  });

  it('keeps no password, only a salted hash', async () => {
    const { store } = await withAccount();
    expect(store.find('Li Mei')?.passwordHash).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$/);
  });
});

describe('signing in', () => {
  it('accepts the right password and writes login and logout down', async () => {
    const { accounts, log } = await withAccount();
    const answer = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    expect(answer).toEqual({ status: 'accepted', operator: 'Li Mei' });
    accounts.logout('Li Mei');
    expect(log.events).toMatchObject([
      { name: 'operator.login', subject: 'north', data: { operator: 'Li Mei', detail: `from ${REMOTE}` } },
      { name: 'operator.logout', subject: 'north', data: { operator: 'Li Mei' } },
    ]);
  });

  it('takes a password whose letters another keyboard composes differently', async () => {
    const { accounts, codes } = build();
    accounts.announceSetUp();
    await accounts.setUp({ code: codes[0] ?? '', operator: 'Zo\u00eb', password: 'caf\u00e9 at noon' });
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

  it('asks a signed-in guard anew with the same lock-out, and writes only a wrong password down', async () => {
    const { accounts, log } = await withAccount();
    const order = { operator: 'Li Mei', remote: REMOTE };
    expect(await accounts.confirm({ ...order, password: PASSWORD })).toEqual({
      status: 'accepted',
      operator: 'Li Mei',
    });
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
    expect((await accounts.login({ ...order, password: PASSWORD })).status).toBe('locked');
  });

  it('lets the guard in when the log cannot be written, and warns', async () => {
    const { accounts, log, logger } = await withAccount();
    log.broken = true;
    const answer = await accounts.login({ operator: 'Li Mei', password: PASSWORD, remote: REMOTE });
    expect(answer.status).toBe('accepted');
    expect(logger.lines).toMatchObject([{ level: 'warn', fields: { event: 'operator.login' } }]);
  });
});
