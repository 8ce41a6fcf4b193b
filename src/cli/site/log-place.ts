import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { HOLDER_REF, NAME, PASS_ID } from '../../core/access/bounds.ts';
import { REASONS, type Reason } from '../../core/access/reasons.ts';
import { EVENT_DATA } from '../../core/contract/events.ts';
import { GatepostError } from '../../core/errors.ts';
import type { RowQuery } from '../../core/events/row-view.ts';
import { plainForm } from '../../core/text/visible.ts';
import { loadGateConfig } from '../config-file.ts';
import { readMoment } from '../moments.ts';
import { ofOption } from '../option-values.ts';

/** What every command that reads the log takes. */
export interface PlaceOptions {
  readonly config?: string;
  readonly store?: string;
}

interface LogPlace {
  readonly folder: string;
  readonly timeZone: string;
}

export function withPlace(command: Command): Command {
  return command
    .option('-c, --config <file>', 'config file that names the store and the time zone')
    .option('--store <folder>', 'store folder; times are then in UTC unless --config is given too');
}

/** @throws GatepostError `usage`, `config.*` */
export function placeOf({ config, store }: PlaceOptions): LogPlace {
  const loaded = config === undefined ? undefined : loadGateConfig(config).config;
  const folder = store ?? loaded?.store.folder;
  if (folder === undefined) {
    throw new GatepostError('usage', 'Say whose log: --config FILE or --store FOLDER.');
  }
  return { folder, timeZone: loaded?.site.timeZone ?? 'UTC' };
}

/** Which events; all of them where nothing is said. */
export interface QueryOptions extends PlaceOptions {
  readonly from?: string;
  readonly to?: string;
  readonly type?: readonly string[];
  readonly accessPoint?: string;
  readonly reason?: Reason;
  readonly pass?: string;
  readonly holder?: string;
}

export function withQuery(command: Command): Command {
  return withPlace(command)
    .option('--from <moment>', 'first day or moment, in the time of the site, e.g. 2027-01-31')
    .option('--to <moment>', 'last day, or the moment at which it ends')
    .option('--type <types>', 'events or groups of them, with commas: access.denied,door', eventTypes)
    .option('--access-point <id>', 'events of this access point', asIn(NAME, 'the id of an access point'))
    .option('--reason <reason>', 'events with this reason, e.g. CredentialExpired', reasonOf)
    .option('--pass <id>', 'events about one pass, 16 hex characters', asIn(PASS_ID, '16 hex characters'))
    .option(
      '--holder <ref>',
      'events about one pseudonym, 12 hex characters',
      asIn(HOLDER_REF, '12 hex characters'),
    );
}

/** @throws GatepostError `usage` */
export function queryOf(options: QueryOptions, timeZone: string): RowQuery {
  const { from, to, type, accessPoint, reason, pass, holder } = options;
  const fromMs =
    from === undefined
      ? undefined
      : ofOption('--from', () => readMoment(from, { timeZone, day: 'begin' }) * 1000);
  const toMs =
    to === undefined ? undefined : ofOption('--to', () => readMoment(to, { timeZone, day: 'end' }) * 1000);
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs)
    throw new GatepostError('usage', '--to must lie behind --from.');
  return {
    ...(fromMs === undefined ? {} : { fromMs }),
    ...(toMs === undefined ? {} : { toMs }),
    ...(type === undefined ? {} : { types: type }),
    ...(accessPoint === undefined ? {} : { accessPoint }),
    ...(reason === undefined ? {} : { reason }),
    ...(pass === undefined ? {} : { passId: pass }),
    ...(holder === undefined ? {} : { holderRef: holder }),
  };
}

const NAMES = Object.keys(EVENT_DATA);
const GROUPS = [...new Set(NAMES.map((name) => name.slice(0, name.indexOf('.'))))];

function eventTypes(text: string, before: readonly string[] = []): readonly string[] {
  const types = text
    .split(',')
    .map((one) =>
      plainForm(one)
        .replace(/^io\.gatepost\.(.+)\.v1$/, '$1')
        .replace(/\.\*$/, ''),
    )
    .filter((one) => one !== '');
  for (const type of types)
    if (!NAMES.includes(type) && !GROUPS.includes(type))
      throw new InvalidArgumentError(
        `There is no event ${type}. There are the groups ${GROUPS.join(', ')}, and e.g. access.denied.`,
      );
  return [...before, ...types];
}

function reasonOf(text: string): Reason {
  const wanted = plainForm(text).toLowerCase();
  const reason = REASONS.find((one) => one.toLowerCase() === wanted || one.toLowerCase() === `gp:${wanted}`);
  if (reason !== undefined) return reason;
  throw new InvalidArgumentError(`It is one of ${REASONS.join(', ')}.`);
}

function asIn(form: RegExp, what: string): (text: string) => string {
  return (written) => {
    const text = plainForm(written).toLowerCase();
    if (form.test(text)) return text;
    throw new InvalidArgumentError(`It must be ${what}.`);
  };
}
