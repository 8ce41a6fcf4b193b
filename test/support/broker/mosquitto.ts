import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';

/** A password, and what `password_file` has of it, made with mosquitto_passwd. */
export const PASSWORD = 'a quiet evening';
export const PASSWORD_HASH =
  '$7$101$07CiFDcHfV9VKqc5$AjTdtSlfrPeu1p5UiAN5NOO9wQ8cJu1s8xEV35VjhjDUmqdpyp4Sii27DYZSSNJu6zCE83Y36QDdBPhBB0kUbg==';

interface MosquittoOptions {
  /** Further lines of mosquitto.conf, after the listener; `%folder%` stands for the broker's own folder. */
  readonly lines?: readonly string[];
  /** Files put into the broker's folder before it starts: name and content. */
  readonly files?: Readonly<Record<string, string>>;
  /** False if the given lines set who may connect. */
  readonly anonymous?: boolean;
}

/** A real mosquitto on a free port of 127.0.0.1, with its own temporary folder. */
export class Mosquitto {
  readonly port: number;
  readonly folder: string;
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
  }

  /** Starts a broker and resolves when it accepts connections. */
  static async start(options: MosquittoOptions = {}): Promise<Mosquitto> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'gatepost-mosquitto-'));
    const broker = new Mosquitto(port, folder);
    const lines = [
      `listener ${port} 127.0.0.1`,
      `allow_anonymous ${options.anonymous ?? true}`,
      // As config/broker/mosquitto.md has it: of its own accord mosquitto drops what a busy subscriber is behind by 1,000.
      'max_queued_messages 100000',
      // Without this, mosquitto started by root changes to a user who cannot read the folder.
      ...(process.getuid?.() === 0 ? ['user root'] : []),
      ...(options.lines ?? []).map((line) => line.replaceAll('%folder%', folder)),
    ];
    for (const [name, content] of Object.entries(options.files ?? {}))
      await writeFile(join(folder, name), content, { mode: 0o600 });
    await writeFile(join(folder, 'mosquitto.conf'), `${lines.join('\n')}\n`);
    await broker.resume();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts the broker again on the same port, after suspend() or kill(). */
  async resume(): Promise<void> {
    const child = spawn('mosquitto', ['-c', join(this.folder, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, PATH: [process.env.PATH, '/usr/sbin'].join(delimiter) },
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString('utf8')).slice(-4000);
    });
    child.once('error', (error) => {
      this.#said += error.message;
    });
    this.#process = child;
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || child.pid === undefined)
        throw new Error(`mosquitto did not start: ${this.#said}`);
      await pause(20);
    }
  }

  /** Ends the process like a service manager; its folder stays. */
  async suspend(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Ends the process like a power cut; its folder stays. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /**
   * `SIGSTOP` stops the process without ending it, so that it does not answer; `SIGCONT` continues it; with `SIGHUP` it
   * reads its access list again.
   */
  signal(name: 'SIGSTOP' | 'SIGCONT' | 'SIGHUP'): void {
    this.#process?.kill(name);
  }

  /** Ends the process and removes its folder. */
  async stop(): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    await gone;
  }
}

/** Whether something accepts TCP connections on this port of 127.0.0.1. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (accepted: boolean) => (): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}
