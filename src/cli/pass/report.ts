import { attributesOf, type Reason } from '../../core/access/reasons.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { STEP_SECONDS } from '../../core/pass/dynamic-code.ts';
import { hasFlag, PASS_FLAGS, type PassClaims } from '../../core/pass/pass.ts';
import { formatWindows } from '../../core/time/windows-text.ts';
import { showMoment } from '../moments.ts';

const DAY_S = 86_400;

/** The result of inspecting one pass text. */
export interface Inspection {
  /** Moment of the check, Unix seconds. */
  readonly now: number;
  readonly verdict: 'valid' | 'refused';
  /** Every failed check in the contract's order. */
  readonly reasons: readonly Reason[];
  /** What exactly is wrong with a text that cannot be parsed. */
  readonly detail?: string;
  /** Whether the signatures are valid; unverified claims may have been written by anybody. */
  readonly verified: boolean;
  readonly form?: 'GP1' | 'GR1' | 'GG1';
  readonly keyId?: string;
  readonly issuer?: string;
  readonly claims?: PassClaims;
  /** GG1: the pass of the host; `claims` are the guest's. */
  readonly host?: PassClaims;
  /** GR1: the step as signed, and how long ago it began. */
  readonly step?: number;
  readonly stepAgeSeconds?: number;
}

/** The report as a JSON text; byte strings are hex. */
export function reportAsJson(inspection: Inspection): string {
  const plain = (_: string, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value);
  return JSON.stringify(inspection, plain, 2);
}

/** The report as sentences, one a line. Dates are given in `timeZone`. */
export function reportInWords(inspection: Inspection, timeZone: string): string[] {
  const { verdict, reasons, detail, claims, verified } = inspection;
  const lines = [verdict === 'valid' ? 'VALID here and now' : `REFUSED: ${reasons[0] ?? 'Other'}`];
  for (const reason of reasons) lines.push(`  ${reason}: ${attributesOf(reason).means}`);
  if (detail !== undefined) lines.push(`  (${detail})`);
  lines.push('', `Checked for ${showMoment(inspection.now, timeZone)}`);
  if (claims === undefined) return lines;

  lines.push('', verified ? 'The pass says:' : 'Claims, not verified (anybody may have written them):');
  for (const [name, value] of [...origin(inspection), ...describeClaims(claims, timeZone)]) {
    lines.push(`  ${name.padEnd(13)}${value}`);
  }
  return lines;
}

type Line = readonly [name: string, value: string];

const FORMS = {
  GP1: 'GP1, a fixed code (card, paper, picture)',
  GR1: 'GR1, a phone code',
  GG1: "GG1, a guest pass by a resident's phone",
} as const;

function origin({ form, keyId, issuer, host, step, stepAgeSeconds }: Inspection): Line[] {
  const lines: Line[] = [];
  if (form !== undefined) {
    lines.push(['form', FORMS[form]]);
  }
  if (keyId !== undefined) {
    lines.push(['issuer', issuer === undefined ? `key ${keyId}` : `${issuer} (key ${keyId})`]);
  }
  if (host !== undefined) {
    const { passId, kind, holderRef = 'not named' } = host;
    lines.push(['host', `pass ${passId} of kind ${kind}, household ${holderRef}`]);
  }
  if (step !== undefined && stepAgeSeconds !== undefined) {
    const age = stepAgeSeconds < 0 ? `begins in ${-stepAgeSeconds} s` : `began ${stepAgeSeconds} s ago`;
    lines.push(['step', `${step}, ${age} (a step lasts ${STEP_SECONDS} s)`]);
  }
  return lines;
}

function describeClaims(claims: PassClaims, timeZone: string): Line[] {
  const { holderKey, quota } = claims;
  const days = ((claims.expiresAt - claims.issuedAt) / DAY_S).toFixed(1);
  const lines: (Line | undefined)[] = [
    ['site', claims.site],
    ['kind', claims.kind],
    ['issued', showMoment(claims.issuedAt, timeZone)],
    claims.notBefore === undefined ? undefined : ['not before', showMoment(claims.notBefore, timeZone)],
    [
      'expires',
      `${showMoment(claims.expiresAt, timeZone)}, the first invalid second (a life of ${days} days)`,
    ],
    ['pass id', claims.passId],
    ['holder', claims.holderRef === undefined ? 'not named' : `pseudonym ${claims.holderRef}`],
    claims.label === undefined ? undefined : ['label', claims.label],
    ['hours', claims.windows === undefined ? 'at any time' : formatWindows(claims.windows)],
    quota && ['quota', `${quota.count} for the household in ${quota.days} day${quota.days === 1 ? '' : 's'}`],
    claims.uses === undefined ? undefined : ['uses', String(claims.uses)],
    ['gates', claims.gates === undefined ? 'every gate of the site' : claims.gates.join(', ')],
    claims.flags === undefined ? undefined : ['flags', flagsInWords(claims.flags)],
    claims.language === undefined ? undefined : ['language', claims.language],
    holderKey && ['bound to', `${holderKey.algorithm} key ${toHex(holderKey.publicKey)}`],
  ];
  return lines.filter((line) => line !== undefined);
}

/** The number and the names of the bits that a kiosk knows. */
function flagsInWords(flags: number): string {
  const known = Object.keys(PASS_FLAGS) as (keyof typeof PASS_FLAGS)[];
  const names = known.filter((flag) => hasFlag({ flags }, flag));
  return [`0x${flags.toString(16)}`, ...names].join(' ');
}
