import type { WrongCursor } from '../../adapters/sqlite/log-cursors.ts';
import type { LogFinding } from '../../core/events/row-check.ts';
import type { LogVerdict, LogWitness, WitnessResult } from '../../core/events/verify-log.ts';

/** Events that no checkpoint covers beyond this number are counted, not listed. */
const MOST_UNPROVED = 20;

/** RFC 6962 consistency proof between two checkpoints. */
export interface Proof {
  readonly first: LogWitness;
  readonly second: LogWitness;
  readonly hashes: readonly Uint8Array[];
}

const PROBLEMS: Readonly<Record<LogFinding['problem'], string>> = {
  missing: 'gone',
  edited: 'edited',
  reordered: 'at another place than where it was written',
  relinked: 'made to follow another event than it did',
  erased: 'a part is gone, and nothing says that it may be',
  truncated: 'cut off the end',
  rolledback: 'gone; the log went back, by an older copy or by rows cut off its end',
  recomputed: 'written anew somewhere in there, not as it was stored or signed',
  extra: 'there, where the log itself says that it has none: somebody has put them there',
};

const RESULTS: Readonly<Record<WitnessResult, string>> = {
  agrees: 'agrees',
  differs: 'DIFFERS',
  beyond: 'IS AHEAD of the log',
  elsewhere: 'is of an epoch that is NOT HERE',
  ended: 'cannot be compared any more: rows it takes are gone',
};

/** Everything that was found out about a log. */
interface Shown extends LogVerdict {
  readonly wrongCursors: readonly WrongCursor[];
  /** Whether it is known how long the gate keeps its rows. */
  readonly hasConfig: boolean;
  readonly proof?: Proof;
}

/** Whether something is not as the gate wrote it. */
export function isAltered({ findings, wrongCursors }: Shown): boolean {
  return findings.length > 0 || wrongCursors.length > 0;
}

/** What is not told as anything wrong, but is not proved either. */
function isOpen({ unproved, uncompared }: Shown): boolean {
  return unproved.length > 0 || uncompared.length > 0;
}

/** For people. */
export function textOf(shown: Shown): string {
  const {
    hasConfig,
    rows,
    reduced,
    ended,
    findings,
    more,
    wrongCursors,
    unproved,
    unerased,
    witnesses,
    proof,
  } = shown;
  const agreeing = witnesses.filter(({ result }) => result === 'agrees').length;
  const lines = [
    `Events looked at     ${rows}, of which ${reduced} reduced by retention or erasure`,
    ...(ended > 0 ? [`Ended by retention   ${ended}, proved by what is stored of them`] : []),
    `Checkpoints          ${agreeing} of ${witnesses.length} agree`,
    ...witnesses
      .filter(({ result }) => result !== 'agrees')
      .map(({ name, size, result }) => `  ${name}, of ${size} events, ${RESULTS[result]}`),
    ...findings.map(({ problem, detail, ...range }) => {
      const what = `${PROBLEMS[problem]}${detail === undefined ? '' : ` (${detail})`}`;
      return `${problem.padEnd(11)}  ${eventsOf(range, 'Event')}: ${what}`;
    }),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...wrongCursors.map(({ detail }) => `number       No event is changed by it, but ${detail}`),
    ...unproved
      .slice(0, MOST_UNPROVED)
      .map(
        ({ by, name, ...range }) =>
          `not proved   Parts of ${eventsOf(range, 'event')} are gone by event ${by} (${name}), which no checkpoint covers yet`,
      ),
    ...(unproved.length > MOST_UNPROVED ? [`and ${unproved.length - MOST_UNPROVED} more`] : []),
    ...(!hasConfig && unproved.some(({ name }) => name === 'log.purged')
      ? [
          'not judged   Whether these events were old enough: give --config, which says how long this gate keeps them. Without it, only those younger than an hour (screening) or a day are told',
        ]
      : []),
    ...unerased.map(
      (range) => `not erased   ${eventsOf(range, 'Event')}: privacy.erased names it, and it is whole`,
    ),
    ...(isAltered(shown)
      ? []
      : [isOpen(shown) ? 'Nothing else speaks against the log.' : 'The log is what the gate wrote.']),
    ...(proof === undefined ? [] : proofLines(proof)),
  ];
  return lines.join('\n');
}

function eventsOf({ first, last }: { readonly first: number; readonly last: number }, word: string): string {
  return first === last ? `${word} ${first}` : `${word}s ${first} to ${last}`;
}

function proofLines({ first, second, hashes }: Proof): readonly string[] {
  const side = ({ size, root }: LogWitness) => `${String(size).padEnd(12)} ${base64(root)}`;
  return [
    `The log only grew between these checkpoints (RFC 6962 consistency proof, for RFC 9162 2.1.4.2):`,
    `  first   ${side(first)}`,
    `  second  ${side(second)}`,
    ...hashes.map((hash) => `  ${base64(hash)}`),
  ];
}

function statusOf(shown: Shown): 'altered' | 'unproved' | 'intact' {
  if (isAltered(shown)) return 'altered';
  return shown.uncompared.length > 0 ? 'unproved' : 'intact';
}

/** For programs. */
export function jsonOf(shown: Shown): object {
  const { proof, more, hasConfig, ...verdict } = shown;
  return {
    status: statusOf(shown),
    ages: hasConfig ? 'config' : 'unknown',
    ...verdict,
    ...(more > 0 ? { more } : {}),
    ...(proof === undefined
      ? {}
      : {
          proof: {
            epoch: proof.first.epoch,
            first: { size: proof.first.size, root: base64(proof.first.root) },
            second: { size: proof.second.size, root: base64(proof.second.root) },
            hashes: proof.hashes.map(base64),
          },
        }),
  };
}

function base64(hash: Uint8Array): string {
  return Buffer.from(hash).toString('base64');
}
