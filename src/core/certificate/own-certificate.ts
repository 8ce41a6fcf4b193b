import { type ClockReading, vouchedMs } from '../time/clock-reading.ts';
import { type CertificateFacts, dateTrouble } from './certificate.ts';

const DAY_MS = 86_400_000;
/** Devices whose clock is a day behind believe a new certificate too. */
const BEFORE_MS = DAY_MS;
/** Browsers take none for longer than 398 days. */
const LIFE_MS = 395 * DAY_MS;
const AUTHORITY_LIFE_MS = 20 * 366 * DAY_MS;
/** Renewed when so much of its life is left. */
const RENEW_SHARE = 1 / 3;

/** From when to when, Unix milliseconds. */
export interface Life {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** A certificate that a kiosk has made for its screens. */
export interface OwnScreens {
  readonly facts: CertificateFacts;
  readonly names: readonly string[];
  /** Whether the authority beside it has signed it: not one that was there before, or of a copy that was put back. */
  readonly isByAuthority: boolean;
}

/** The life of a certificate made at `nowMs` by an authority that ends at `authorityEndsMs`. Unix milliseconds. */
export function certificateLife(nowMs: number, authorityEndsMs: number): Life {
  const notBeforeMs = nowMs - BEFORE_MS;
  return { notBeforeMs, notAfterMs: Math.min(notBeforeMs + LIFE_MS, authorityEndsMs) };
}

/** The life of an authority made at `nowMs`, Unix milliseconds: longer than that of a kiosk. */
export function authorityLife(nowMs: number): Life {
  return { notBeforeMs: nowMs - BEFORE_MS, notAfterMs: nowMs + AUTHORITY_LIFE_MS };
}

/** Host names and IP addresses of a certificate, sorted, from what Node calls its `subjectAltName`. */
export function namesOf(subjectAltName: string | undefined): readonly string[] {
  return (subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
    .map(canonicalName)
    .sort();
}

/** A host name or IP address in the one form that it has here: small letters, IPv6 as RFC 5952 writes it. */
export function canonicalName(name: string): string {
  const small = name.toLowerCase();
  return small.includes(':') && URL.canParse(`http://[${small}]/`)
    ? new URL(`http://[${small}]/`).hostname.slice(1, -1)
    : small;
}

/**
 * Whether a new certificate is to be made at `nowMs` (Unix milliseconds, of a clock that is believed).
 * @param present what there is, if anything. @param names of the config
 */
export function isCertificateDue(
  present: OwnScreens | undefined,
  names: readonly string[],
  nowMs: number,
): boolean {
  if (present === undefined || !present.isByAuthority) return true;
  const { facts } = present;
  const wanted = names.map(canonicalName).sort();
  if (wanted.join() !== present.names.join()) return true;
  if (dateTrouble(facts, nowMs) !== undefined) return true;
  return facts.notAfterMs - nowMs < (facts.notAfterMs - facts.notBeforeMs) * RENEW_SHARE;
}

/**
 * The time at which a certificate may be made, Unix milliseconds; undefined while none is confirmed that agrees with the
 * present one: a kiosk that wakes in 1970, or far ahead, would make what is never good.
 */
export function timeToMake(now: ClockReading): number | undefined {
  const isConfirmed = now.quality !== 'unsynced' && Math.abs(now.wallMs - vouchedMs(now)) <= DAY_MS;
  return isConfirmed ? now.wallMs : undefined;
}

/** A fingerprint in groups that two people can read to each other: four of hex, eight groups in each of two lines. */
export function inGroups(fingerprint: string): readonly [string, string] {
  const groups = fingerprint.replaceAll(':', '').toUpperCase().match(/.{4}/g) ?? [];
  return [groups.slice(0, 8).join(' '), groups.slice(8).join(' ')];
}
