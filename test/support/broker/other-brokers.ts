import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { accepts } from './mosquitto.ts';

/** A broker of another make on a free port of 127.0.0.1, with its own temporary folder. */
export class OtherBroker {
  readonly port: number;
  readonly #folder: string;
  readonly #command: readonly [program: string, ...words: string[]];
  readonly #env: Readonly<Record<string, string>>;
  /** Ends what the process leaves behind. */
  readonly #after: () => void;
  #process: ChildProcess | undefined;
  #said = '';

  private constructor(parts: {
    readonly port: number;
    readonly folder: string;
    readonly command: readonly [string, ...string[]];
    readonly env?: Readonly<Record<string, string>>;
    readonly after?: () => void;
  }) {
    this.port = parts.port;
    this.#folder = parts.folder;
    this.#command = parts.command;
    this.#env = parts.env ?? {};
    this.#after = parts.after ?? (() => undefined);
  }

  /** A NATS server. @param settings of its configuration file, beside addresses and folder */
  static async nats(settings: readonly string[]): Promise<OtherBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'gatepost-nats-'));
    const [port, own] = [await freePort(), await freePort()];
    const text = settings
      .join('\n')
      .replace('port: 1883', `host: 127.0.0.1, port: ${port}`)
      .replace('/var/lib/nats', folder);
    await writeFile(join(folder, 'nats.conf'), `${text}\nlisten: "127.0.0.1:${own}"\n`);
    const broker = new OtherBroker({
      port,
      folder,
      command: ['nats-server', '-c', join(folder, 'nats.conf')],
    });
    await broker.resume();
    return broker;
  }

  /** RabbitMQ with its MQTT plugin; takes ten seconds and more. @param settings of rabbitmq.conf, beside addresses */
  static async rabbitMq(settings: readonly string[]): Promise<OtherBroker> {
    const folder = await mkdtemp(join(tmpdir(), 'gatepost-rabbitmq-'));
    const [port, amqp, dist, epmd] = [await freePort(), await freePort(), await freePort(), await freePort()];
    await mkdir(join(folder, 'mnesia'));
    const lines = settings.map((line) =>
      line.replace(/^(mqtt\.listeners\.tcp\.\w+).*/, `$1 = 127.0.0.1:${port}`),
    );
    const text = [...lines, `listeners.tcp.local = 127.0.0.1:${amqp}`, 'log.console = true'].join('\n');
    await writeFile(join(folder, 'rabbitmq.conf'), `${text}\n`);
    await writeFile(join(folder, 'enabled_plugins'), '[rabbitmq_mqtt].\n');
    const env = {
      HOME: folder,
      RABBITMQ_NODENAME: `gatepost-${port}@localhost`,
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_DIST_PORT: String(dist),
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
      // So that it can be ended although it still knows the node that was killed.
      ERL_EPMD_RELAXED_COMMAND_CHECK: '1',
    };
    // The script in /usr/sbin changes to a user of its own, who may not read the folder.
    const command = ['/usr/lib/rabbitmq/bin/rabbitmq-server'] as const;
    // The port mapper of Erlang is started beside it and would stay.
    const after = () =>
      void spawnSync('epmd', ['-port', String(epmd), '-kill'], { env: { ...process.env, ...env } });
    const broker = new OtherBroker({ port, folder, command, env, after });
    await broker.resume();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts the broker, again after kill(). */
  async resume(): Promise<void> {
    const [program, ...words] = this.#command;
    const child = spawn(program, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, PATH: [process.env.PATH, '/usr/sbin'].join(delimiter), ...this.#env },
    });
    const hear = (chunk: Buffer): void => {
      this.#said = (this.#said + chunk.toString('utf8')).slice(-4000);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    this.#process = child;
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || child.pid === undefined)
        throw new Error(`${program} did not start: ${this.#said}`);
      await pause(100);
    }
  }

  /** Ends it like a power cut; its folder stays. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  /** Ends it and removes its folder. */
  async stop(): Promise<void> {
    await this.kill();
    this.#after();
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
