import { describe, expect, it } from 'vitest';
import { ROLES } from '../../../src/core/access/vocabulary.ts';
import { REQUESTS } from '../../../src/core/contract/requests.ts';
import { mayDo, RIGHTS, type Right } from '../../../src/core/desk/rights.ts';
import type { AccountAnswer, AccountDesk, CodeAnswer, CodeDesk } from '../../../src/ports/operator-desk.ts';
import type { HistoryDesk } from '../../../src/ports/passage-history.ts';
import type { PasskeyDesk } from '../../../src/ports/passkey-desk.ts';
import type { UpkeepDesk } from '../../../src/ports/upkeep.ts';
import { OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';

/** What a screen without a sign-in may ask. The demo's requests exist in a demo alone. */
const OPEN = ['setup', 'login', 'assist', 'self-service', 'passkey.sign-in-options', 'passkey.sign-in'];
/** Signed in is enough: one's own session and password, and what one lets another page see. */
const OWN = [
  'session',
  'password',
  'gates.watch',
  'code.begin',
  'code.confirm',
  'code.remove',
  'passkey.register-options',
  'passkey.register',
  'passkey.remove',
  'passkey.confirm-options',
  'passkey.confirm',
];

class RecordingAccounts implements AccountDesk {
  readonly orders: object[] = [];
  #done(kind: string, order: object): AccountAnswer {
    this.orders.push({ kind, ...order });
    return { status: 'done' };
  }
  list() {
    return [{ name: OPERATOR, role: 'supervisor' as const }];
  }
  async create(order: object) {
    return this.#done('create', order);
  }
  async setPassword(order: object) {
    return this.#done('set-password', order);
  }
  setRole(order: object) {
    return this.#done('set-role', order);
  }
  remove(order: object) {
    return this.#done('remove', order);
  }
  endSessions(order: object) {
    return this.#done('end-sessions', order);
  }
  removeCode(order: object) {
    return this.#done('remove-code', order);
  }
  removePasskeys(order: object) {
    return this.#done('remove-passkeys', order);
  }
}

class RecordingCodes implements CodeDesk {
  readonly orders: object[] = [];
  on = false;
  isOn() {
    return this.on;
  }
  view() {
    return { on: this.on, recovery: 0 };
  }
  begin(operator: string) {
    this.orders.push({ kind: 'begin', operator });
    return { secret: 'ABC', uri: 'otpauth://totp/x?secret=ABC' };
  }
  confirm(order: { operator: string; code: string }): CodeAnswer {
    this.orders.push({ kind: 'confirm', ...order });
    if (order.code !== '123456') return { status: 'refused', cause: 'code', detail: 'It does not fit.' };
    return { status: 'done', recovery: ['AAAA'] };
  }
  remove(operator: string) {
    this.orders.push({ kind: 'remove', operator });
  }
}

/** Pages without TLS have none, whatever they ask. */
const NO_PASSKEYS: PasskeyDesk = {
  isOn: () => false,
  list: () => [],
  remove: () => undefined,
  ...{ beginRegistration: never, beginSignIn: never, beginConfirmation: never },
  ...{ register: never, signIn: never, confirm: never },
};

function never(): never {
  throw new Error('A passkey was asked for without TLS.');
}

/** The backup and the file need a body; what is looked at says nothing. */
const NO_UPKEEP: UpkeepDesk = {
  view: () => ({ storage: { rows: 0 }, backup: {} }),
  examine: () => 'busy',
  backup: () => 'lacking',
  export: () => 'busy',
  standDown: () => ({ site: 'c42', commands: [] }),
};

/** Never asked: a body that is none is refused before. */
const NO_HISTORY: HistoryDesk = { search: async () => 'busy', open: async () => 'busy' };

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** What of the table of rights it needs; none if a session is enough. */
  readonly right?: Right;
}

function rightOf(name: string): Right {
  const [group = '', order = ''] = name.split('.');
  if (/^accounts\.remove-(code|passkeys)$/.test(name)) return 'lost-phone';
  return group === 'accounts' || group === 'history' ? group : (order as Right);
}

/** Every route that needs a session, from the contract's list of bodies; and those without a body. */
const ROUTES: readonly Route[] = [
  ...Object.keys(REQUESTS)
    .filter((name) => !OPEN.includes(name) && !name.startsWith('demo.'))
    .map((name): Route => {
      const path = `/api/${name.replace('.', '/')}`;
      return OWN.includes(name) ? { method: 'POST', path } : { method: 'POST', path, right: rightOf(name) };
    }),
  { method: 'GET', path: '/api/accounts', right: 'lost-phone' },
  { method: 'GET', path: '/api/code' },
  { method: 'GET', path: '/api/passkeys' },
  { method: 'GET', path: '/api/guard/photo/0123456789ab', right: 'photo' },
  { method: 'GET', path: '/api/guard/registers', right: 'registers' },
  { method: 'GET', path: '/api/guard/day', right: 'day' },
  { method: 'GET', path: '/api/guard/day.csv', right: 'day' },
  { method: 'GET', path: '/api/guard/muster', right: 'muster' },
  { method: 'GET', path: '/api/guard/muster-ticks', right: 'muster' },
  { method: 'GET', path: '/api/upkeep', right: 'upkeep' },
  { method: 'POST', path: '/api/upkeep/examine', right: 'upkeep' },
  { method: 'GET', path: '/api/upkeep/export/0123456789abcdef', right: 'export' },
  { method: 'GET', path: '/api/upkeep/stand-down', right: 'stand-down' },
  { method: 'GET', path: '/api/guard/visitor-pass/0123456789abcdef', right: 'visitor-pass' },
];

/** A demo's clock and the picture of a code belong to the demo; the desk's rights are all others. */
const kiosk = async () => {
  const accounts = new RecordingAccounts();
  const codes = new RecordingCodes();
  // No photographs: whoever may look is told that there is none.
  return {
    accounts,
    codes,
    ...(await startKiosk({
      accounts,
      codes,
      passkeys: NO_PASSKEYS,
      history: NO_HISTORY,
      muster: { look: () => undefined, ticks: () => undefined },
      upkeep: NO_UPKEEP,
      days: { page: () => undefined },
    })),
  };
};

describe('who may do what', () => {
  it('has a right for every route, and a route for every right', () => {
    const used = new Set(ROUTES.flatMap(({ right }) => right ?? []));
    expect([...used].sort()).toEqual(Object.keys(RIGHTS).sort());
  });

  it('refuses, records and does nothing of what a role has no right to, on every route', async () => {
    const { operators, signIn, send, desk, accounts, codes } = await kiosk();
    const cookie = await signIn();
    for (const role of [...ROLES, undefined]) {
      operators.role = role;
      for (const { method, path, right } of ROUTES) {
        operators.calls.length = 0;
        const body = method === 'POST' ? {} : undefined;
        const answer = await send(method, path, body, { cookie });
        const at = `${role} ${method} ${path}`;
        const isRefused = (answer.json as { error?: string }).error === 'desk.right';
        // A door may be locked down by everybody, so its body is read first.
        const isLate = right === 'door';
        expect([at, isRefused]).toEqual([at, right !== undefined && !isLate && !mayDo(role, right)]);
        expect([at, operators.calls]).toEqual([
          at,
          isRefused ? [{ kind: 'refused', operator: OPERATOR, right }] : [],
        ]);
      }
    }
    expect([...desk.orders, ...accounts.orders, ...codes.orders]).toEqual([]);
  });

  it('lets whoever is signed in lock a door down, and only those at the gate do more with it', async () => {
    const { operators, signIn, send, desk } = await kiosk();
    const cookie = await signIn();
    const statusOf = async (verb: string) => {
      const order = { door: 'main', verb, note: 'A fight', password: PASSWORD };
      return (await send('POST', '/api/guard/door', order, { cookie })).status;
    };
    operators.role = 'office';
    expect([await statusOf('lockdown'), await statusOf('lockdown-release'), await statusOf('hold')]).toEqual([
      200, 403, 403,
    ]);
    operators.role = 'guard';
    expect([await statusOf('lockdown'), await statusOf('lockdown-release'), await statusOf('hold')]).toEqual([
      200, 200, 200,
    ]);
    expect(desk.orders).toHaveLength(4);
  });

  it.each<[string, Record<string, string | undefined>, number]>([
    ['no session', { cookie: undefined }, 401],
    ['a session that nobody opened', { cookie: 'gatepost-session-kiosk=x' }, 401],
    ['a foreign Origin', { origin: 'https://evil.example' }, 403],
    ['an Origin of null', { origin: 'null' }, 403],
    ['a foreign Host', { host: 'evil.example' }, 421],
  ])('admits nobody with %s on any route', async (_what, headers, status) => {
    const { signIn, send, desk, accounts } = await kiosk();
    const cookie = await signIn();
    for (const { method, path } of ROUTES) {
      // Reading is guarded by the session and the Host; the Origin guards what acts.
      if (method === 'GET' && 'origin' in headers) continue;
      const body = method === 'POST' ? {} : undefined;
      const answer = await send(method, path, body, { cookie, ...headers });
      expect([path, answer.status]).toEqual([path, status]);
    }
    expect([...desk.orders, ...accounts.orders]).toEqual([]);
  });

  it('admits nobody with an old session on any route', async () => {
    const { signIn, send } = await kiosk();
    const cookie = await signIn();
    await send('POST', '/api/logout', undefined, { cookie });
    for (const { method, path } of ROUTES) {
      const answer = await send(method, path, method === 'POST' ? {} : undefined, { cookie });
      expect([path, answer.status]).toEqual([path, 401]);
    }
  });
});

describe('accounts', () => {
  it('are changed with the password of whoever orders it, in whose name it is done', async () => {
    const { signIn, send, accounts } = await kiosk();
    const cookie = await signIn();
    const orders: [string, object][] = [
      ['create', { operator: 'Wang', role: 'guard', newPassword: 'rain over the old bridge' }],
      ['set-password', { operator: 'Wang', newPassword: 'rain over the new bridge' }],
      ['set-role', { operator: 'Wang', role: 'office' }],
      ['end-sessions', { operator: 'Wang' }],
      ['remove-code', { operator: 'Wang' }],
      ['remove-passkeys', { operator: 'Wang' }],
      ['remove', { operator: 'Wang' }],
    ];
    for (const [type, order] of orders) {
      const path = `/api/accounts/${type}`;
      expect((await send('POST', path, order, { cookie })).status).toBe(400);
      expect((await send('POST', path, { ...order, password: 'wrong' }, { cookie })).status).toBe(401);
      expect(accounts.orders).toEqual([]);
      expect((await send('POST', path, { ...order, password: PASSWORD }, { cookie })).status).toBe(200);
      expect(accounts.orders.splice(0)).toEqual([{ kind: type, ...order, by: OPERATOR }]);
    }
    const listed = await send('GET', '/api/accounts', undefined, { cookie });
    expect(listed.json).toEqual({ accounts: [{ name: OPERATOR, role: 'supervisor', sessions: 1 }] });
  });

  it('tell whoever is signed in what they are, and change one’s own password without ending the page', async () => {
    const { operators, signIn, send, accounts } = await kiosk();
    operators.role = 'office';
    const cookie = await signIn();
    const session = await send('GET', '/api/session', undefined, { cookie });
    expect(session.json).toEqual({ status: 'signed-in', operator: OPERATOR, role: 'office', demo: false });
    const body = { password: PASSWORD, newPassword: 'rain over the old bridge' };
    const changed = await send('POST', '/api/password', body, { cookie });
    expect([changed.status, changed.json]).toEqual([200, session.json]);
    expect(accounts.orders).toEqual([
      { kind: 'set-password', operator: OPERATOR, newPassword: body.newPassword, by: OPERATOR },
    ]);
  });

  it('have a code made, put on and taken off by whoever they belong to, and asked for at the sign-in', async () => {
    const { operators, signIn, send, codes } = await kiosk();
    const cookie = await signIn();
    const post = (path: string, body: object) => send('POST', `/api/code/${path}`, body, { cookie });
    expect((await send('GET', '/api/code', undefined, { cookie })).json).toEqual({ on: false, recovery: 0 });
    expect((await post('begin', { password: 'wrong' })).status).toBe(401);
    const begun = await post('begin', { password: PASSWORD });
    expect(begun.json).toEqual({ status: 'done', secret: 'ABC', uri: 'otpauth://totp/x?secret=ABC' });
    expect(begun.headers['cache-control']).toBe('no-store');
    expect(await post('confirm', { code: '000000' })).toMatchObject({ status: 409, json: { cause: 'code' } });
    const confirmed = await post('confirm', { code: '123456' });
    expect([confirmed.status, confirmed.json]).toEqual([200, { status: 'done', recovery: ['AAAA'] }]);
    codes.on = true;
    const session = await send('GET', '/api/session', undefined, { cookie });
    expect(session.json).toMatchObject({ status: 'signed-in', code: true });
    operators.calls.length = 0;
    expect((await post('remove', { password: PASSWORD, code: '654321' })).status).toBe(200);
    expect(operators.calls).toMatchObject([{ kind: 'confirm', strict: { both: '654321' } }]);
    expect(codes.orders).toEqual([
      { kind: 'begin', operator: OPERATOR },
      { kind: 'confirm', operator: OPERATOR, code: '000000' },
      { kind: 'confirm', operator: OPERATOR, code: '123456' },
      { kind: 'remove', operator: OPERATOR },
    ]);

    operators.code = '123456';
    const login = (order: object) =>
      send('POST', '/api/login', { operator: OPERATOR, password: PASSWORD, ...order });
    expect(await login({})).toMatchObject({
      status: 401,
      json: { error: 'operator.code', cause: 'missing' },
    });
    const wrong = await login({ code: '000000' });
    expect([wrong.status, wrong.json, wrong.headers['set-cookie']]).toMatchObject([
      401,
      { error: 'operator.code', cause: 'wrong' },
      undefined,
    ]);
    expect((await login({ code: '123456', password: 'wrong' })).json).toMatchObject({
      error: 'operator.refused',
    });
    expect((await login({ code: '123456' })).status).toBe(200);
  });
});
