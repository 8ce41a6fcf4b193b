import type { SiteOrder } from '../access/vocabulary.ts';

/**
 * What the centre orders of a whole site at once. There is one present order of the site, and one counter for it whoever
 * signs (config/contract/README.md#a-whole-site). Two things can hold: a lockdown, and over it an evacuation.
 */
export const SITE_VERBS = ['lockdown', 'evacuate', 'lockdown-release', 'evacuate-release'] as const;
export type SiteVerb = (typeof SITE_VERBS)[number];
/** The verbs after which somebody gets through who did not before. */
export type OpeningVerb = Extract<SiteVerb, 'evacuate' | 'lockdown-release'>;

/** A message whose form, signatures, scope and length of life were judged already. */
export interface SiteMessage extends Ordered {
  readonly verb: SiteVerb;
  /** SHA-256 of its bytes, hex. */
  readonly digest: string;
  /** Whole Unix seconds: the first at which it is good, and the first at which it is not any more. */
  readonly notBeforeS: number;
  readonly notAfterS: number;
}

/** Who has ordered something. */
export interface Ordered {
  readonly counter: number;
  /** kid of each key that signed it, hex. */
  readonly keys: readonly string[];
  /** What the list of keys called them then. */
  readonly by: string;
  /** Why, in the words of whoever signed. */
  readonly note?: string;
}

interface Holding extends Ordered {
  /** When it began at this gate, whole Unix seconds. */
  readonly sinceS: number;
}

/** Why a gate asks the guard about an order that opens. */
export type WaitingCause = 'clock_untrusted' | 'log_reset';

/** An order that opens and that the gate does not carry out by itself: the guard decides. */
export interface WaitingOrder extends Holding {
  readonly verb: OpeningVerb;
  readonly cause: WaitingCause;
  readonly notBeforeS: number;
  /** Undefined: it is over only when a guard or a newer order says so. */
  readonly notAfterS?: number;
}

/** `atS`: when, whole Unix seconds; 0 where the clock could not be believed. */
type EndedHere = Ordered & { readonly atS: number } & (
    | { readonly order: 'evacuate'; readonly cause: 'fire_over'; readonly untilS?: undefined }
    /** `untilS`: when it would have ended by itself. */
    | { readonly order: 'lockdown'; readonly cause: 'guard'; readonly untilS: number }
  );

/** All that a gate remembers of the site's orders; it outlives a restart. */
export interface SiteOrders {
  /** The highest that was taken; 0 if there was none. */
  readonly counter: number;
  /** Of the message with that counter, empty if there was none. */
  readonly digest: string;
  /** `untilS`: the first second at which it is over, whole Unix seconds. */
  readonly lockdown?: Holding & { readonly untilS: number };
  /** `sawFire`: the fire alarm of this gate was on during it. */
  readonly evacuation?: Holding & { readonly sawFire: boolean };
  readonly waiting?: WaitingOrder;
  /** What would still hold, but was ended at this gate alone. */
  readonly endedHere?: EndedHere;
}

export const NO_SITE_ORDERS: SiteOrders = { counter: 0, digest: '' };

/** What holds now. The evacuation lies over the lockdown. */
export function siteOrderOf({ lockdown, evacuation }: SiteOrders): SiteOrder {
  return evacuation !== undefined ? 'evacuate' : lockdown !== undefined ? 'lockdown' : 'none';
}
