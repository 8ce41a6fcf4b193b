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
  readonly proof?: Proof;
}

/** Whether something is not as the gate wrote it. */
export function isAltered({ findings, wrongCursors }: Shown): boolean {
  return findings.length > 0 || wrongCursors.length > 0;
}

/** For people. */
export function textOf(shown: Shown): string {
  const { rows, reduced, ended, findings, more, wrongCursors, unproved, witnesses, proof } = shown;
  const agreeing = witnesses.filter(({ result }) => result === 'agrees').length;
  const lines = [
    `Events looked at     ${rows}, of which ${reduced} reduced by retention or erasure`,
    ...(ended > 0 ? [`Ended by retention   ${ended}, proved by what is stored of them`] : []),
    `Checkpoints          ${agreeing} of ${witnesses.length} agree`,
    ...witnesses
      .filter(({ result }) => result !== 'agrees')
      .map(({ name, size, result }) => `  ${name}, of ${size} events, ${RESULTS[result]}`),
    ...findings.map(({ problem, first, last, detail }) => {
      const which = first === last ? `Event ${first}` : `Events ${first} to ${last}`;
      return `${problem.padEnd(11)}  ${which}: ${PROBLEMS[problem]}${detail === undefined ? '' : ` (${detail})`}`;
    }),
    ...(more > 0 ? [`and ${more} more`] : []),
    ...wrongCursors.map(({ detail }) => `number       No event is changed by it, but ${detail}`),
    ...unproved.slice(0, MOST_UNPROVED).map(({ by, name, first, last }) => {
      const which = first === last ? `event ${first}` : `events ${first} to ${last}`;
      return `not proved   Parts of ${which} are gone by event ${by} (${name}), which no checkpoint covers yet`;
    }),
    ...(unproved.length > MOST_UNPROVED ? [`and ${unproved.length - MOST_UNPROVED} more`] : []),
    ...(!isAltered(shown) ? ['The log is what the gate wrote.'] : []),
    ...(proof === undefined ? [] : proofLines(proof)),
  ];
  return lines.join('\n');
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

/** For programs. */
export function jsonOf(shown: Shown): object {
  const { proof, more, ...verdict } = shown;
  return {
    status: isAltered(shown) ? 'altered' : 'intact',
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
