import { createPublicKey } from 'node:crypto';
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { gateKeyPath } from '../../adapters/files/kept-key.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { openLogSource, type SqliteLogSource } from '../../adapters/sqlite/log-source.ts';
import { RETENTION_BOUNDS, type Retention } from '../../config/retention-section.ts';
import { GatepostError } from '../../core/errors.ts';
import type { KeptAges, PurgeAges } from '../../core/events/given-leave.ts';
import { type LogVerdict, type LogWitness, verifyLog } from '../../core/events/verify-log.ts';
import { holderKeyOf, parsePublicKey } from '../../core/pass/public-key.ts';
import { isCheckpointOf, parseCheckpoint, readOrigin } from '../../core/proof/checkpoint.ts';
import { isConsistent } from '../../core/proof/verify-proof.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { Progress } from '../progress.ts';
import { type PlaceOptions, placeOf } from './log-place.ts';
import { isAltered, jsonOf, type Proof, textOf } from './log-verdict.ts';

/** A checkpoint has some hundred bytes, with cosignatures a few thousand. */
const MOST_BYTES = 128 * 1024;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface VerifyOptions extends PlaceOptions {
  readonly checkpoint?: readonly string[];
  readonly since?: string;
  readonly publicKey?: string;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}

/** A file as it was read with the rights of the caller. */
interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** `gatepost log verify --config FILE | --store FOLDER [--checkpoint FILE…] [--since FILE] [--from N] [--to N]` */
export function registerLogVerify(program: Command): void {
  commandGroup(program, 'log', 'read the event log, or begin a new one')
    .command('verify')
    .description(
      'look whether the log is what the gate wrote; works while the daemon runs, and changes nothing',
    )
    .option('-c, --config <file>', 'config file that names the store')
    .option('--store <folder>', 'store folder, of a copy too')
    .option(
      '--checkpoint <files...>',
      'signed checkpoints that were kept elsewhere: no row up to them can be changed unseen',
    )
    .option('--since <file>', 'an older checkpoint: prints the RFC 6962 proof that the log only grew since')
    .option(
      '--public-key <key>',
      'public key of the gate, 64 hex or 43 base64url characters; else that in the store',
    )
    .option('--from <sequence>', 'first event to look at', parseSequence)
    .option('--to <sequence>', 'last event to look at', parseSequence)
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExit code: 0 the log is what the gate wrote, 1 it is not, or no checkpoint that was given can tell.',
    )
    .action(verify);
}

async function verify(options: VerifyOptions): Promise<void> {
  const { data } = await asOwner(() => {
    const { folder } = placeOf(options);
    const ages = agesBy(options.config);
    const files = (options.checkpoint ?? []).map(readFile);
    const since = options.since === undefined ? undefined : readFile(options.since);
    return { folder, data: { folder, files, since, ages } };
  });
  const source = openLogSource(data.folder);
  try {
    const publicKey = publicKeyOf(options, data.folder);
    const given = data.files.map((file) => ({ ...witnessOf(file, publicKey), isGiven: true }));
    const since = data.since && { ...witnessOf(data.since, publicKey), isGiven: true };
    const kept = publicKey === undefined ? [] : keptWitnesses(source, publicKey);
    const verdict = run(source, [...given, ...(since ? [since] : []), ...kept], options, data.ages);
    const proof = since && proofBetween(source, since, given.at(-1) ?? newestOf(kept, since));
    const { wrongCursors } = source;
    const shown = {
      ...verdict,
      wrongCursors,
      hasConfig: options.config !== undefined,
      ...(proof && { proof }),
    };
    console.log(options.json === true ? JSON.stringify(jsonOf(shown)) : textOf(shown));
    const { uncompared } = verdict;
    if (!isAltered(shown) && uncompared.length > 0) {
      throw new GatepostError(
        'checkpoint.invalid',
        `It cannot be told whether the log is what the gate wrote: ${uncompared.join(', ')} cannot be compared with it any more, because rows that it takes have ended. Give a newer checkpoint that was kept elsewhere.`,
      );
    }
    if (isAltered(shown)) {
      throw new GatepostError('log.altered', 'The log is not what the gate wrote: see what is named above.');
    }
  } finally {
    source.close();
  }
}

/** How long the parts of rows are kept: as the config says, else as any may say. */
function agesBy(config: string | undefined): KeptAges {
  if (config === undefined)
    return { shortest: agesOf(RETENTION_BOUNDS.shortest), longest: agesOf(RETENTION_BOUNDS.longest) };
  const ages = agesOf(loadGateConfig(config).config.retention);
  return { shortest: ages, longest: ages };
}

function agesOf({ screeningHours, accessDays, operatorDays, reducedDays }: Retention): PurgeAges {
  return {
    screening: screeningHours * HOUR_MS,
    access: accessDays * DAY_MS,
    operator: operatorDays * DAY_MS,
    ended: reducedDays * DAY_MS,
  };
}

function run(
  source: SqliteLogSource,
  witnesses: readonly LogWitness[],
  { from, to }: VerifyOptions,
  ages: KeptAges,
): LogVerdict {
  const progress = new Progress('Verifying events');
  const steps = verifyLog(source, {
    ...{ witnesses, nowMs: Date.now(), ages },
    ...(from && { from }),
    ...(to && { to }),
  });
  try {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
      if (process.stderr.isTTY) progress.update(step.value, source.head.sequence);
    }
  } finally {
    progress.end();
  }
}

/** @throws GatepostError `log.altered` if there is no such proof */
function proofBetween(source: SqliteLogSource, first: LogWitness, second: LogWitness | undefined): Proof {
  if (second === undefined || second.epoch !== first.epoch || second.size < first.size) {
    throw new GatepostError(
      'usage',
      `There is no newer checkpoint of the same epoch than ${first.name}. Give one with --checkpoint, or make one: gatepost log checkpoint.`,
    );
  }
  const hashes = source.consistency(first.epoch, first.size, second.size);
  const roots = { firstRoot: first.root, secondRoot: second.root };
  if (
    hashes !== undefined &&
    isConsistent({ first: first.size, second: second.size, ...roots, proof: hashes })
  )
    return { first, second, hashes };
  throw new GatepostError(
    'log.altered',
    hashes === undefined
      ? `No proof can be made from ${first.size} to ${second.size} events: rows that it takes are gone, by retention or otherwise.`
      : `${second.name} does not continue ${first.name}: between them the log was changed.`,
  );
}

function newestOf(kept: readonly LogWitness[], since: LogWitness): LogWitness | undefined {
  return kept.filter(({ epoch }) => epoch === since.epoch).toSorted((one, other) => other.size - one.size)[0];
}

/** @throws GatepostError `checkpoint.invalid` */
function witnessOf({ name, bytes }: NamedFile, publicKey: Uint8Array | undefined): LogWitness {
  const checkpoint = parseCheckpoint(bytes);
  const origin = readOrigin(checkpoint.origin);
  if (origin === undefined)
    throw new GatepostError(
      'checkpoint.invalid',
      `${name} is a checkpoint of ${checkpoint.origin}, not of a gate.`,
    );
  if (publicKey === undefined) {
    throw new GatepostError(
      'usage',
      `The store has no key of the gate to verify ${name} with. Give its public key with --public-key.`,
    );
  }
  if (!isCheckpointOf(checkpoint, publicKey))
    throw new GatepostError('checkpoint.invalid', `${name} is not signed by this gate's key.`);
  return { name, epoch: origin.epoch, size: checkpoint.size, root: checkpoint.root };
}

/** Those of its own that the gate has signed; any others were put there by somebody else. */
function keptWitnesses(source: SqliteLogSource, publicKey: Uint8Array): readonly LogWitness[] {
  return source.checkpoints().flatMap(({ note }) => {
    const bytes = new TextEncoder().encode(note);
    try {
      return [witnessOf({ name: 'a checkpoint in the store', bytes }, publicKey)];
    } catch (error) {
      if (error instanceof GatepostError) return [];
      throw error;
    }
  });
}

function publicKeyOf({ publicKey }: VerifyOptions, folder: string): Uint8Array | undefined {
  if (publicKey !== undefined) return parsePublicKey(publicKey);
  const path = gateKeyPath(folder);
  return existsSync(path) ? holderKeyOf(createPublicKey(readFileSync(path, 'utf8'))).publicKey : undefined;
}

function readFile(name: string): NamedFile {
  let file: number | undefined;
  try {
    file = openSync(name, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) throw new Error('it is not a regular file');
    const bytes = new Uint8Array(MOST_BYTES + 1);
    return { name, bytes: bytes.slice(0, readSync(file, bytes, 0, bytes.length, 0)) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatepostError('usage', `The file ${name} cannot be read: ${why}`, { cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function parseSequence(text: string): number {
  const sequence = Number(text);
  if (/^[1-9]\d{0,15}$/.test(text) && Number.isSafeInteger(sequence)) return sequence;
  throw new InvalidArgumentError('It is the number of an event, from 1.');
}
