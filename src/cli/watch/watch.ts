import { hostname } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { FeedDatabase } from '../../adapters/postgres/feed-database.ts';
import { GatepostError } from '../../core/errors.ts';
import type { FeedBegin } from '../../core/feed/gate-feed.ts';
import { HealthServer } from '../../watch/health-server.ts';
import { MemoryStore } from '../../watch/memory-store.ts';
import { Watcher, type WatchSettings } from '../../watch/watcher.ts';
import { loadGateConfig } from '../config-file.ts';
import { type LogOptions, logLevelOption } from '../log-options.ts';
import { wholeNumber } from '../option-values.ts';
import { signingKey } from '../signing-key.ts';
import { printer } from './printed-feed.ts';
import { gateKeysIn, keptIn } from './watch-files.ts';

const NAME = /^[A-Za-z0-9-]{1,64}$/;

/** How the broker knows this server: by options, else by the config. */
const ACCESS = ['username', 'passwordFile', 'caFile', 'certFile', 'keyFile'] as const;

interface WatchOptions extends LogOptions, Pick<WatchSettings, (typeof ACCESS)[number]> {
  readonly config?: string;
  readonly postgres?: string;
  readonly health?: { readonly host: string; readonly port: number };
  readonly server?: string;
  readonly share?: string;
  readonly name: string;
  readonly site: readonly string[];
  readonly from: FeedBegin;
  readonly replayKey?: string;
  readonly passphraseFile?: string;
  readonly gateKeys?: string;
  readonly witness?: string;
  readonly witnessName?: string;
  readonly cosigned?: string;
  readonly ackSeconds: number;
  readonly print: 'table' | 'json' | 'nothing';
  readonly protocol?: '4' | '5';
}

/** `gatepost watch`: a server that reads the feeds of gates, as config/contract/README.md says it. */
export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('read the events of gates from a broker, keep them, and ask for what is missing')
    .argument('[broker]', 'mqtt://host:1883 or mqtts://host:8883')
    .option('-c, --config <file>', 'take the broker from the config of a gate')
    .option('--postgres <url>', 'keep the events in this database (password also from PGPASSWORD)')
    .option('--health <host:port>', 'answer over HTTP what is believed of each gate', place)
    .option('--server <id>', 'acknowledge as this server; needs --postgres', word(/^[a-z0-9-]{1,32}$/))
    .option('--share <group>', 'share the events with all that name this group', word(NAME))
    .option('--name <name>', 'of the session at the broker; one process a name', word(NAME), ownName())
    .option('--site <id>', 'this site alone; may be given several times', sites, [])
    .addOption(
      new Option('--from <begin>', 'where the feed of a new gate begins')
        .choices(['all', 'now'])
        .default('all'),
    )
    .option('--replay-key <file>', 'private key that may order `replay`, to ask for what is missing')
    .option('--passphrase-file <file>', 'passphrase of that key')
    .option(
      '--gate-keys <file>',
      'public keys of gates, a line each: <site>/<gate> <key>; to check their checkpoints',
    )
    .option('--witness <file>', 'private key to co-sign checkpoints that fit the events; needs --gate-keys')
    .option('--witness-name <name>', 'name of that key in the list of trusted keys')
    .option('--cosigned <folder>', 'where the newest co-signed checkpoint of each gate goes')
    .option('--ack-seconds <n>', 'shortest time between two receipts to a gate', wholeNumber(1, 3600), 15)
    .addOption(
      new Option('--print <form>', 'how events are shown')
        .choices(['table', 'json', 'nothing'])
        .default('table'),
    )
    .addOption(
      new Option('--protocol <version>', '4 is MQTT 3.1.1; by default what the broker takes').choices([
        '4',
        '5',
      ]),
    )
    .option('--username <name>', 'user of the broker')
    .option('--password-file <file>', 'password of that user')
    .option('--ca-file <file>', 'who has signed the certificate of the broker (PEM)')
    .option('--cert-file <file>', 'certificate of this client (PEM)')
    .option('--key-file <file>', 'private key of that certificate (PEM)')
    .addOption(logLevelOption())
    .action(watch);
}

async function watch(broker: string | undefined, options: WatchOptions): Promise<void> {
  const { postgres, health, server, replayKey, passphraseFile, from, print } = options;
  if (server !== undefined && postgres === undefined)
    throw new GatepostError(
      'usage',
      '--server needs --postgres: only what outlives this process is acknowledged.',
    );
  const logger = createLogger({
    level: options.logLevel,
    format: process.stderr.isTTY ? 'plain' : 'json',
    destination: { write: (line: string) => void process.stderr.write(line) },
  });
  const gateKeys =
    options.gateKeys === undefined ? new Map<string, Uint8Array>() : gateKeysIn(options.gateKeys);
  const witness = await witnessOf(options);
  const replaySigner = replayKey === undefined ? undefined : await signingKey(replayKey, passphraseFile);
  const store = postgres === undefined ? new MemoryStore() : new FeedDatabase(postgres);
  const watcher = new Watcher(settingsOf(broker, options), {
    store,
    logger,
    from,
    gateKeys,
    ...(replaySigner && { replaySigner }),
    ...(witness && { witness }),
    ...printer(print, (line) => process.stdout.write(`${line}\n`)),
  });
  const http = new HealthServer(watcher);
  if (postgres === undefined)
    logger.warn({}, 'Without --postgres all is forgotten when this ends, and nothing is acknowledged.');
  if (replaySigner === undefined) logger.warn({}, 'Without --replay-key gaps are shown and stay.');
  const stopped = new Promise<void>((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
  try {
    await watcher.start();
    if (health !== undefined) {
      const port = await http.start(health);
      logger.info({ port }, `What is believed of each gate: http://${health.host}:${port}/gates.`);
    }
    await stopped;
  } finally {
    await http.stop();
    await watcher.stop();
  }
}

async function witnessOf({ witness, witnessName, gateKeys, cosigned }: WatchOptions) {
  if (witness === undefined && cosigned !== undefined)
    throw new GatepostError('usage', '--cosigned needs --witness: nothing is co-signed without its key.');
  if (witness === undefined) return undefined;
  if (gateKeys === undefined || witnessName === undefined)
    throw new GatepostError(
      'usage',
      '--witness needs --witness-name, and --gate-keys: it signs only what the gate has signed.',
    );
  if (/[\s+]/.test(witnessName))
    throw new GatepostError('usage', '--witness-name must be without spaces and +.');
  return {
    name: witnessName,
    signer: await signingKey(witness, undefined),
    onCosigned: keptIn(cosigned),
  };
}

function settingsOf(broker: string | undefined, options: WatchOptions): WatchSettings {
  const { config, name, site, share, server, ackSeconds } = options;
  if (broker !== undefined && config !== undefined)
    throw new GatepostError(
      'usage',
      'Name a broker or --config, not both: the password in the config is for the broker there.',
    );
  const given = config === undefined ? undefined : loadGateConfig(config).config.mqtt;
  const url = given?.url === 'embedded' ? `mqtt://127.0.0.1:${given.embeddedPort}` : (broker ?? given?.url);
  if (url === undefined || !/^mqtts?:\/\//.test(url))
    throw new GatepostError(
      'usage',
      'Name the broker, mqtt://host:1883 or mqtts://host:8883, or --config of a gate that has one.',
    );
  // By default a gate speaks 5 too, so that its config says nothing for it.
  const protocol = options.protocol ?? (given?.protocol === 4 ? '4' : undefined);
  const access = Object.fromEntries(
    ACCESS.flatMap((key) => {
      const value = options[key] ?? given?.[key];
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return {
    url,
    clientId: name,
    sites: site,
    ackSeconds,
    ...access,
    ...(share !== undefined && { share }),
    ...(server !== undefined && { server }),
    ...(protocol !== undefined && { protocol: protocol === '4' ? 4 : 5 }),
  };
}

function ownName(): string {
  return `watch-${hostname()
    .replace(/[^A-Za-z0-9-]/g, '-')
    .slice(0, 40)}`;
}

function place(text: string): { readonly host: string; readonly port: number } {
  const [, inBrackets, plain, digits] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  const port = Number(digits);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new InvalidArgumentError(
    'It must be HOST:PORT, e.g. 127.0.0.1:9450. Whoever reaches it can read everything.',
  );
}

function word(form: RegExp): (text: string) => string {
  return (text) => {
    if (form.test(text)) return text;
    throw new InvalidArgumentError('It must be letters, digits and hyphens.');
  };
}

function sites(text: string, previous: readonly string[]): readonly string[] {
  return [...previous, word(/^[a-z0-9-]{1,32}$/)(text)];
}
