import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { GatepostError, isGatepostError, messageOf } from '../core/errors.ts';
import type { SensorFamilies } from '../core/screening/sensor-traits.ts';
import { findConflicts, type SoundSections } from './conflicts.ts';
import { id } from './fields.ts';
import { findIssues } from './issues.ts';
import { type Config, configSchema, door } from './schema.ts';
import { sensorConflicts } from './sensor-conflicts.ts';
import { type Mistake, YamlSource } from './yaml-source.ts';

const LARGEST_FILE_BYTES = 256 * 1024;
const MOST_MISTAKES_SHOWN = 100;

export interface LoadedConfig {
  readonly config: Config;
  /** Absolute path of the file. */
  readonly path: string;
  /** Absolute folder of the file, where relative paths in the config start. */
  readonly folder: string;
  /** SHA-256 of the file as 64 hex characters. */
  readonly digest: string;
}

type ConfigReading =
  | { readonly status: 'valid'; readonly config: Config }
  /** In the order of the file. */
  | { readonly status: 'invalid'; readonly mistakes: readonly Mistake[] };

/**
 * Reads and checks a config file, for the sensors there are drivers for.
 * @throws GatepostError `config.unreadable`, or `config.invalid` whose message lists every mistake with its place.
 */
export function loadConfig(path: string, families: SensorFamilies): LoadedConfig {
  const { text, digest } = readText(path);
  const absolute = resolve(path);
  return { config: parseConfig(text, path, families), path: absolute, folder: dirname(absolute), digest };
}

/**
 * Checks the text of a config file. `fileName` appears in the messages, and relative paths start at its folder.
 * @throws GatepostError `config.invalid`
 */
export function parseConfig(text: string, fileName: string, families: SensorFamilies): Config {
  const reading = readConfig(text, fileName, families);
  if (reading.status === 'valid') return reading.config;
  throw new GatepostError('config.invalid', describeMistakes(reading.mistakes, fileName));
}

/** The same without throwing, for callers that need the mistakes one by one. */
export function readConfig(text: string, fileName: string, families: SensorFamilies): ConfigReading {
  if (Buffer.byteLength(text) > LARGEST_FILE_BYTES) return invalid('is larger than 256 KiB');
  try {
    const source = YamlSource.parse(text);
    if (source.mistakes.length > 0) return { status: 'invalid', mistakes: inOrder(source.mistakes) };
    return judge(source, withResolvedPaths(source.toData(), dirname(resolve(fileName))), families);
  } catch (error) {
    if (isGatepostError(error, 'config.invalid')) return invalid(error.message);
    throw error;
  }
}

/** One line a mistake: `file:line:column: what is wrong`. */
export function describeMistakes(mistakes: readonly Mistake[], fileName: string): string {
  const lines = mistakes
    .slice(0, MOST_MISTAKES_SHOWN)
    .map(({ line, column, message }) => `${fileName}:${line}:${column}: ${message}`);
  const more = mistakes.length - lines.length;
  return [...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

/** The text of a config file and its digest. @throws GatepostError `config.unreadable` or `config.invalid` */
export function readText(path: string): { readonly text: string; readonly digest: string } {
  const bytes = readBytes(path);
  const digest = createHash('sha256').update(bytes).digest('hex');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), digest };
  } catch (error) {
    throw new GatepostError('config.invalid', `${path}:1:1: is not UTF-8 text`, { cause: error });
  }
}

function readBytes(path: string): Buffer {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > LARGEST_FILE_BYTES) throw new Error('it is larger than 256 KiB');
    return readFileSync(path);
  } catch (error) {
    throw new GatepostError('config.unreadable', `cannot read the config ${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function judge(source: YamlSource, data: unknown, families: SensorFamilies): ConfigReading {
  const schema = configSchema(families);
  const findings = placedIssues(schema, source, data);
  const parts = isRecord(data) ? soundParts(data, families) : undefined;
  const found = parts === undefined ? [] : [...findConflicts(parts), ...sensorConflicts(parts, families)];
  const conflicts = found.map(({ path, message }) => ({
    ...source.placeOf(path),
    message: `\`${path.join('.')}\` ${message}`,
  }));
  const mistakes = inOrder([...findings, ...conflicts]);
  return mistakes.length > 0
    ? { status: 'invalid', mistakes }
    : { status: 'valid', config: schema.parse(data) };
}

/** The mistakes of `data` by `schema`, with their places in the file. */
function placedIssues(schema: z.ZodType, source: YamlSource, data: unknown): Mistake[] {
  return findIssues(schema, data).map(({ path, atKey, message }) => ({
    ...(atKey ? source.placeOfKey(path) : source.placeOf(path)),
    message,
  }));
}

/** Reads each section by itself, so that a mistake in one does not hide conflicts between the others. */
function soundParts(raw: Record<string, unknown>, families: SensorFamilies): SoundSections {
  const { shape } = configSchema(families);
  return {
    doorIds: isRecord(raw.doors) ? Object.keys(raw.doors).filter((key) => id.safeParse(key).success) : [],
    doors: soundEntries(door, raw.doors),
    accessPoints: soundEntries(shape.accessPoints.valueType, raw.accessPoints),
    passes: shape.passes.safeParse(raw.passes).data,
    policy: shape.policy.safeParse(raw.policy).data,
    trust: shape.trust.safeParse(raw.trust).data,
    screening: shape.screening.safeParse(raw.screening).data,
    mqtt: shape.mqtt.safeParse(raw.mqtt).data,
    uplink: shape.uplink.safeParse(raw.uplink).data,
    hasBroker: raw.mqtt !== undefined,
    web: shape.web.safeParse(raw.web).data,
    metrics: shape.metrics.safeParse(raw.metrics).data,
    homeassistant: shape.homeassistant.safeParse(raw.homeassistant).data,
    printer: shape.printer.safeParse(raw.printer).data,
    push: shape.push.safeParse(raw.push).data,
    retention: shape.retention.safeParse(raw.retention).data,
    muster: shape.muster.safeParse(raw.muster).data,
    demo: shape.demo.safeParse(raw.demo).data,
  };
}

function soundEntries<T extends z.ZodType>(schema: T, data: unknown): Record<string, z.output<T>> {
  if (!isRecord(data)) return {};
  return Object.fromEntries(
    Object.entries(data).flatMap(([id, value]) => {
      const result = schema.safeParse(value);
      return result.success ? [[id, result.data]] : [];
    }),
  );
}

/** The one place where relative paths are resolved from the config's folder. `simulated` is not a path. */
function withResolvedPaths(data: unknown, folder: string, key = ''): unknown {
  if (Array.isArray(data)) return data.map((item) => withResolvedPaths(item, folder));
  if (isRecord(data)) {
    return Object.fromEntries(
      Object.entries(data).map(([name, value]) => [name, withResolvedPaths(value, folder, name)]),
    );
  }
  if (typeof data !== 'string' || data === '') return data;
  if (/(^folder|File|Folder)$/.test(key)) return resolve(folder, data);
  if (/^(path|.*Path)$/.test(key) && /^\.{1,2}\//.test(data)) return resolve(folder, data);
  return data;
}

function inOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

function invalid(message: string): ConfigReading {
  return { status: 'invalid', mistakes: [{ line: 1, column: 1, message }] };
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

/**
 * A separate YAML file, checked by `schema` as strictly as the config. Returns the data as they are in the file.
 * @throws GatepostError `config.unreadable`, or `config.invalid` whose message lists every mistake with its place
 */
export function readSection(path: string, schema: z.ZodType): unknown {
  const source = YamlSource.parse(readText(path).text);
  if (source.mistakes.length > 0)
    throw new GatepostError('config.invalid', describeMistakes(source.mistakes, path));
  const data = source.toData();
  const mistakes = placedIssues(schema, source, data);
  if (mistakes.length > 0) throw new GatepostError('config.invalid', describeMistakes(mistakes, path));
  return data;
}
