import type { BundleRefusal, BundleType } from '../core/bundle/bundle.ts';

export interface BundleDelivery {
  readonly bytes: Uint8Array;
  /** Where it came from, for the log, e.g. `apply`, `usb`, `mqtt`. */
  readonly source: string;
}

export type BundleAnswer =
  | { readonly status: 'applied'; readonly type: BundleType; readonly number: number }
  /** The very same bundle is in force already. */
  | { readonly status: 'unchanged'; readonly type: BundleType; readonly number: number }
  | { readonly status: 'refused'; readonly refusal: BundleRefusal; readonly detail: string };

/** Takes bundles from any source. Never throws: every failure is an answer. */
export interface BundleIntake {
  receive(delivery: BundleDelivery): Promise<BundleAnswer>;
}
