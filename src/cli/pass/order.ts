import { createHash, createHmac, randomBytes } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { PassKind } from '../../core/access/vocabulary.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import { type Signer, signPass } from '../../core/pass/issue-pass.ts';
import type { HolderKey, PassClaims } from '../../core/pass/pass.ts';
import { isVisible, plainName } from '../../core/text/visible.ts';
import { parseWindows } from '../../core/time/windows-text.ts';

const DAY_S = 86_400;
/** Longest validity that a kiosk accepts, in days. */
export const LONGEST_LIFE_DAYS = 400;

/** What one pass is to contain, from options or a table row. Moments are Unix seconds. */
export interface PassOrder {
  readonly kind: PassKind;
  /** Pseudonym, 12 hex characters. */
  readonly holder?: string;
  /** Instead of `holder`: the name from which the pseudonym is made. */
  readonly holderName?: string;
  readonly validDays?: number;
  readonly expires?: number;
  readonly notBefore?: number;
  readonly windows?: string;
  readonly quota?: { readonly count: number; readonly days: number };
  readonly label?: string;
  readonly uses?: number;
  readonly gates?: string;
  readonly flags?: number;
  /** Flags of what the holder needs, beside `flags`. */
  readonly needs?: number;
  /** Language the holder understands (BCP 47). */
  readonly holderLanguage?: string;
  readonly bind?: HolderKey;
}

export interface Issue {
  readonly site: string;
  readonly nowS: number;
  /** IANA name of the zone in which days end. */
  readonly timeZone: string;
  /** Longest validity of a pass at the gates of the site, in days. */
  readonly longestDays: number;
  readonly signer: Signer;
  /** The secret of the site from which the pseudonyms are made. */
  readonly holderSecret?: string;
}

export interface IssuedPass {
  readonly claims: PassClaims;
  /** `GP1:…` */
  readonly text: string;
}

/** @throws GatepostError `usage` if no kiosk would accept the pass, `key.invalid` */
export function issuePass(order: PassOrder, issue: Issue): IssuedPass {
  const claims = claimsOf(order, issue);
  try {
    return { claims, text: signPass(claims, issue.signer) };
  } catch (error) {
    // A claim out of range comes from an option or a cell out of range.
    if (isGatepostError(error, 'pass.invalid'))
      throw new GatepostError('usage', error.message, { cause: error });
    throw error;
  }
}

function claimsOf(order: PassOrder, issue: Issue): PassClaims {
  const { site, nowS, holderSecret } = issue;
  const holderRef = holderRefOf(order, holderSecret);
  const { notBefore, quota, label, uses, holderLanguage } = order;
  const flags = flagsOf(order);
  return {
    site,
    issuedAt: nowS,
    expiresAt: endOf(order, issue),
    passId: newPassId(),
    kind: order.kind,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(order.bind === undefined ? {} : { holderKey: order.bind }),
    ...(holderRef === undefined ? {} : { holderRef }),
    ...(order.windows === undefined ? {} : { windows: parseWindows(order.windows) }),
    ...(quota === undefined ? {} : { quota }),
    ...(label === undefined ? {} : { label }),
    ...(uses === undefined ? {} : { uses }),
    ...(order.gates === undefined ? {} : { gates: order.gates.split(',').map((gate) => gate.trim()) }),
    ...(flags === undefined ? {} : { flags }),
    ...(holderLanguage === undefined ? {} : { language: holderLanguage }),
  };
}

function flagsOf({ flags, needs }: PassOrder): number | undefined {
  if (flags === undefined && needs === undefined) return undefined;
  // 32 bits without a sign.
  return ((flags ?? 0) | (needs ?? 0)) >>> 0;
}

function newPassId(): string {
  for (;;) {
    const passId = randomBytes(8).toString('hex');
    if (!isNumber(passId)) return passId;
  }
}

/**
 * The id of what a pass becomes on the phone with this key. It is the same each time, so a move that was cut off ends with
 * one new pass, however often it is begun again.
 */
export function movedPassId(passId: string, { publicKey }: HolderKey): string {
  for (let hash = createHash('sha256').update(`${passId} moves to `).update(publicKey).digest(); ; ) {
    const moved = toHex(hash.subarray(0, 8));
    if (!isNumber(moved)) return moved;
    hash = createHash('sha256').update(hash).digest();
  }
}

/** Spreadsheets read an id of digits only, or with one e, as a number and round it: such an id is given to no pass. */
function isNumber(passId: string): boolean {
  return /^\d*e?\d*$/.test(passId);
}

function endOf({ validDays, expires, notBefore }: PassOrder, issue: Issue): number {
  const { nowS, longestDays } = issue;
  const end = validDays === undefined ? expires : endOfDay(validDays, issue);
  // A day that is cut off at the longest life is said on the card; a month that is cut off would be no answer.
  const tooLong = validDays !== undefined && validDays > longestDays;
  if (end === undefined) {
    throw new GatepostError('usage', 'Say how long it is valid: valid-days or expires.');
  }
  if (end <= Math.max(nowS, notBefore ?? 0)) {
    throw new GatepostError('usage', 'The pass would end before it begins; choose a later end.');
  }
  if (tooLong || end - nowS > longestDays * DAY_S) {
    throw new GatepostError('usage', `A pass lives ${longestDays} days at most; choose an earlier end.`);
  }
  return end;
}

/**
 * The end of the day `days` from now in the site's time; at most the last end of a day within the longest validity.
 */
function endOfDay(days: number, { nowS, timeZone, longestDays }: Issue): number {
  const today = Temporal.Instant.fromEpochMilliseconds(nowS * 1000)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate();
  for (let after = days + 1; ; after -= 1) {
    const midnight = today.add({ days: after }).toZonedDateTime(timeZone);
    const end = Math.floor(midnight.epochMilliseconds / 1000);
    if (end - nowS <= longestDays * DAY_S || after === 1) return end;
  }
}

/**
 * First 6 bytes of HMAC-SHA-256: the same name gives the same pseudonym, and without the secret nobody gets back to
 * the name.
 */
function holderRefOf({ holder, holderName }: PassOrder, secret: string | undefined): string | undefined {
  if (holderName === undefined) return holder;
  if (secret === undefined) {
    throw new GatepostError(
      'usage',
      'A pseudonym is made from a name with --holder-secret FILE, the secret of the site that keys pseudonyms.',
    );
  }
  const name = plainName(holderName);
  if (!isVisible(name))
    throw new GatepostError(
      'usage',
      'The name of the holder holds nothing that can be seen, or something hidden.',
    );
  const digest = createHmac('sha256', secret).update(name).digest();
  return toHex(digest.subarray(0, 6));
}

/** A short check value of the secret, so that a changed secret is noticed before it changes every pseudonym. */
export function checkLine(secret: string): string {
  const value = createHmac('sha256', secret).update('gatepost check value').digest().subarray(0, 2);
  return `Check value of the holder secret: ${toHex(value)} (the same with every batch, or pseudonyms have changed)`;
}
