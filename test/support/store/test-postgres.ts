import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { freePort } from '../free-port.ts';
import { postgresFolders } from '../needs.ts';

/** PostgreSQL refuses to run as root. */
const IS_ROOT = process.getuid?.() === 0;
const OTHER_USER = 'nobody';

/** A real PostgreSQL in a temporary folder, on a free port of 127.0.0.1; nothing of it is synced. */
export class TestPostgres {
  readonly #folder: string;
  readonly #port: number;
  #process: ChildProcess | undefined;
  #databases = 0;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
  }

  static async start(): Promise<TestPostgres> {
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-postgres-'));
    if (IS_ROOT) chownSync(folder, idOf('-u'), idOf('-g'));
    const server = new TestPostgres(folder, await freePort());
    const [command, ...words] = asUser(program('initdb'), [
      '--pgdata',
      join(folder, 'data'),
      '--auth',
      'trust',
      '--username',
      'gatepost',
      '--no-sync',
      '--locale',
      'C',
      '--encoding',
      'UTF8',
    ]);
    execFileSync(command, words, { stdio: 'ignore', cwd: folder });
    await server.resume();
    return server;
  }

  /** Runs it on the same data, after kill(). */
  async resume(): Promise<void> {
    const settings = [
      'fsync=off',
      'full_page_writes=off',
      'shared_buffers=32MB',
      'max_connections=60',
      `unix_socket_directories=${this.#folder}`,
    ];
    const [command, ...words] = asUser(program('postgres'), [
      '-D',
      join(this.#folder, 'data'),
      '-p',
      String(this.#port),
      '-h',
      '127.0.0.1',
      ...settings.flatMap((setting) => ['-c', setting]),
    ]);
    let said = '';
    const child = spawn(command, words, { stdio: ['ignore', 'ignore', 'pipe'], cwd: this.#folder });
    child.stderr?.on('data', (chunk) => {
      said = (said + chunk).slice(-4000);
    });
    this.#process = child;
    for (;;) {
      const sql = this.connect('postgres');
      try {
        await sql`SELECT 1`;
        return;
      } catch {
        if (child.exitCode !== null) throw new Error(`postgres did not start: ${said}`);
        await pause(50);
      } finally {
        await sql.end();
      }
    }
  }

  /** The address of a new, empty database. */
  async database(): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    const sql = this.connect('postgres');
    await sql.unsafe(`CREATE DATABASE ${name}`);
    await sql.end();
    return this.url(name);
  }

  /** Loses all that is in a database: it is dropped and made new, also while somebody uses it. @param url its address */
  async wipe(url: string): Promise<void> {
    const name = new URL(url).pathname.slice(1);
    const sql = this.connect('postgres');
    await sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    await sql.unsafe(`CREATE DATABASE ${name}`);
    await sql.end();
  }

  url(database: string): string {
    return `postgres://gatepost@127.0.0.1:${this.#port}/${database}`;
  }

  connect(database: string): Sql {
    const url = database.startsWith('postgres:') ? database : this.url(database);
    return postgres(url, {
      max: 2,
      onnotice: () => undefined,
      types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    }) as unknown as Sql;
  }

  /** Ends it like a power cut; the data stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    // Immediate shutdown of all of its processes.
    child.kill('SIGQUIT');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function program(name: string): string {
  const folder = postgresFolders().find((one) => existsSync(join(one, name)));
  return folder === undefined ? name : join(folder, name);
}

function asUser(command: string, words: readonly string[]): readonly [string, ...string[]] {
  return IS_ROOT
    ? [
        'setpriv',
        '--reuid',
        OTHER_USER,
        '--regid',
        String(idOf('-g')),
        '--clear-groups',
        '--',
        command,
        ...words,
      ]
    : [command, ...words];
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, OTHER_USER], { encoding: 'utf8' }));
}
