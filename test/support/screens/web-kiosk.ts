import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { WebServer } from '../../../src/adapters/web/server.ts';
import type { WebServerDeps } from '../../../src/adapters/web/server-deps.ts';
import type { Role } from '../../../src/core/access/vocabulary.ts';
import { GatepostError } from '../../../src/core/errors.ts';
import type { DemoPanel, DemoState } from '../../../src/ports/demo-panel.ts';
import type { DeskAnswer, GuardDesk } from '../../../src/ports/guard-desk.ts';
import type {
  ConfirmAnswer,
  ConfirmOrder,
  LoginAnswer,
  OperatorDesk,
  SetUpAnswer,
  SignInPlace,
} from '../../../src/ports/operator-desk.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { SilentLogger } from '../silent-logger.ts';

export const OPERATOR = 'Li Mei';
export const PASSWORD = 'plum tree in rain';

/** Records the orders; answers or throws what the test sets. */
export class RecordingGuardDesk implements GuardDesk {
  readonly orders: object[] = [];
  answer: DeskAnswer | GatepostError | Error = { status: 'done' };

  give(order: object): DeskAnswer {
    this.orders.push(order);
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
}

/** One account; the set-up code is `0000-0000`. */
class RecordingOperators implements OperatorDesk {
  readonly calls: object[] = [];
  account: { operator: string; password: string } | undefined = { operator: OPERATOR, password: PASSWORD };
  lockedForMs = 0;
  credential = 'first';
  role: Role | undefined = 'supervisor';
  /** The one-time code that the sign-in asks for; none unless the test sets one. */
  code: string | undefined;
  readonly #listeners: ((operator: string) => void)[] = [];

  needsSetUp(): boolean {
    return this.account === undefined;
  }
  async setUp(order: { code: string; operator: string; password: string }): Promise<SetUpAnswer> {
    this.calls.push({ kind: 'setUp', operator: order.operator });
    if (order.code !== '0000-0000') return { status: 'refused', detail: 'The set-up code is not right.' };
    this.account = { operator: order.operator, password: order.password };
    return { status: 'done', operator: order.operator, credential: this.credential };
  }
  async login(
    order: { operator: string; password: string; code?: string } & SignInPlace,
  ): Promise<LoginAnswer> {
    const failure = this.#check('login', order);
    if (failure !== undefined) return failure;
    if (order.code !== this.code)
      return { status: 'code', cause: order.code === undefined ? 'missing' : 'wrong' };
    return { status: 'accepted', operator: order.operator, credential: this.credential };
  }
  async confirm(order: ConfirmOrder): Promise<ConfirmAnswer> {
    return this.#check('confirm', order) ?? { status: 'accepted' };
  }
  knowsBrowser(): boolean {
    return false;
  }
  credentialOf(operator: string): string | undefined {
    return operator === this.account?.operator ? this.credential : undefined;
  }
  roleOf(operator: string): Role | undefined {
    return operator === this.account?.operator ? this.role : undefined;
  }
  turnedAway(remote: string): void {
    this.calls.push({ kind: 'turned-away', remote });
  }
  refused(operator: string, right: string): void {
    this.calls.push({ kind: 'refused', operator, right });
  }
  onChanged(listener: (operator: string) => void): void {
    this.#listeners.push(listener);
  }
  /** Changes the password, or removes the account. */
  change(account: RecordingOperators['account']): void {
    const before = this.account?.operator ?? '';
    this.account = account;
    this.credential += ' changed';
    for (const listener of this.#listeners) listener(before);
  }
  logout(operator: string): void {
    this.calls.push({ kind: 'logout', operator });
  }
  #check(kind: string, order: Pick<ConfirmOrder, 'operator' | 'password' | 'remote' | 'strict'>) {
    const { operator, remote, strict } = order;
    this.calls.push({ kind, operator, remote, ...(strict && { strict }) });
    if (this.lockedForMs > 0) return { status: 'locked', retryAfterMs: this.lockedForMs } as const;
    const fits = order.operator === this.account?.operator && order.password === this.account.password;
    return fits ? undefined : ({ status: 'refused' } as const);
  }
}

export class RecordingDemo implements DemoPanel {
  readonly orders: object[] = [];

  state(): DemoState {
    return {
      accessPoints: [],
      doors: [],
      devices: [],
      samples: [],
      clock: { timeMs: 0, timeZone: 'Asia/Shanghai', moved: false },
      messages: [],
    };
  }
  present(order: object): void {
    this.orders.push({ kind: 'present', ...order });
  }
  scan(order: { accessPoint: string; text: string }): void {
    if (order.accessPoint !== 'main-in') throw new GatepostError('usage', 'There is no such access point.');
    this.orders.push({ kind: 'scan', ...order });
  }
  async scanPicture(order: { accessPoint: string; picture: Uint8Array }): Promise<{ characters: number }> {
    this.orders.push({ kind: 'picture', accessPoint: order.accessPoint, bytes: order.picture.length });
    return { characters: 7 };
  }
  setPerson(order: object): void {
    this.orders.push({ kind: 'person', ...order });
  }
  setDoor(order: object): void {
    this.orders.push({ kind: 'door', ...order });
  }
  setInput(order: object): void {
    this.orders.push({ kind: 'input', ...order });
  }
  setUnplugged(order: object): void {
    this.orders.push({ kind: 'unplug', ...order });
  }
  setPaper(order: object): void {
    this.orders.push({ kind: 'paper', ...order });
  }
  slip(): undefined {
    return undefined;
  }
  setClock(order: object): void {
    this.orders.push({ kind: 'clock', ...order });
  }
  setStory(order: object): void {
    this.orders.push({ kind: 'story', ...order });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  /** The body as JSON; undefined if it is not JSON. */
  readonly json: unknown;
}

/** A started web server on a free port with recording desks behind it; stopped at the end of the test. */
export async function startKiosk(change: Partial<WebServerDeps> = {}) {
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  const desk = new RecordingGuardDesk();
  const operators = new RecordingOperators();
  const screensFolder = pagesFolder();
  const server = new WebServer({
    port: 0,
    allowedOrigins: [],
    screensFolder,
    deskForGuard: desk,
    operators,
    prompt: {
      accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
      language: 'zh-CN',
      languages: ['zh-CN', 'en'],
      timeZone: 'Asia/Shanghai',
      simulated: true,
    },
    clock,
    logger,
    ...change,
  });
  await server.start(new AbortController().signal);
  onTestFinished(() => server.stop());
  const { url, port } = server.address() ?? { url: '', port: 0 };
  const kiosk = { server, clock, logger, desk, operators, screensFolder, url, port };
  return {
    ...kiosk,
    /** Sends a request like the kiosk's own pages; `headers` replace or, if undefined, remove headers. */
    send: (method: string, path: string, body?: unknown, headers: Headers = {}) =>
      exchange(port, { method, path, body, headers: { origin: url, ...headers } }),
    /** Signs in and returns the cookie. */
    signIn: async (): Promise<string> => {
      const body = { operator: OPERATOR, password: PASSWORD };
      const answer = await exchange(port, {
        method: 'POST',
        path: '/api/login',
        body,
        headers: { origin: url },
      });
      return cookieOf(answer);
    },
  };
}

export type Kiosk = Awaited<ReturnType<typeof startKiosk>>;
type Headers = Record<string, string | undefined>;

export function cookieOf(answer: Answer): string {
  return (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
}

/** Objects are sent as JSON, strings and bytes as they are. Paths are sent as written, dots and all. */
function exchange(
  port: number,
  order: { method: string; path: string; body?: unknown; headers?: Headers },
): Promise<Answer> {
  const { method, path, body } = order;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const payload = body === undefined || raw ? body : JSON.stringify(body);
  const type = body === undefined || raw ? {} : { 'content-type': 'application/json' };
  const wanted = Object.entries({ ...type, ...order.headers }).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, method, path, headers: Object.fromEntries(wanted), agent: false },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = incoming.headers['content-type']?.startsWith('application/json') ?? false;
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** Pages in the layout of the build, and a file outside of it that must not be served. */
function pagesFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-web-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'secret.txt'), 'outside the pages');
  for (const [path, text] of [
    ['index.html', 'links'],
    ['guard/index.html', 'guard page'],
    ['prompt/index.html', 'prompt page'],
    ['demo/index.html', 'demo page'],
    ['assets/guard-4f2a.js', 'export {};'],
    ['.hidden', 'hidden'],
  ] as const) {
    const file = join(folder, 'screens', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return join(folder, 'screens');
}
