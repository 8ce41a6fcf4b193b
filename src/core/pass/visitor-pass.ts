import type { PassClaims, TrustedKey } from './pass.ts';

/** Bytes of UTF-8 that a pass has for a label (config/contract/README.md#limits). */
const LONGEST_LABEL_BYTES = 24;

/** What a guard has entered of a visitor for whom this desk makes the pass. */
interface DeskVisit {
  readonly passId: string;
  readonly label: string;
  /** Unix milliseconds, of whole seconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Times in, and times out. */
  readonly uses: number;
}

/** The claims of the pass of a visit: the same visit has the same pass, so that it can be shown again. */
export function visitorPassOf(visit: DeskVisit, site: string): PassClaims {
  const { passId, fromMs, untilMs, uses } = visit;
  return {
    ...{ site, passId, kind: 'visitor', uses, label: cut(visit.label) },
    issuedAt: Math.floor(fromMs / 1000),
    expiresAt: Math.floor(untilMs / 1000),
  };
}

/**
 * The kiosk's own key, as far as it is believed: for visitors of its own site, so long at most.
 * @param longestS whole seconds
 */
export function ownVisitorKey(
  publicKey: Uint8Array,
  { site, gate, longestS }: { readonly site: string; readonly gate: string; readonly longestS: number },
): TrustedKey {
  const name = `visitors of ${gate}`;
  return { publicKey, name, sites: [site], kinds: ['visitor'], longestLifeS: longestS, status: 'active' };
}

/** The beginning of a text that has room in a label. */
function cut(text: string): string {
  const encoder = new TextEncoder();
  let kept = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (encoder.encode(kept + segment).length > LONGEST_LABEL_BYTES) break;
    kept += segment;
  }
  return kept.trim() || '-';
}
