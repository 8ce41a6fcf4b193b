import type { Muster, MusterDoubts, MusterLine, MusterTick } from '../core/report/muster.ts';
import type { SignedMusterReceipt } from '../core/report/muster-receipt.ts';
import type { Holder } from './holder-register.ts';

/** Lists of who is inside; the effects `beginMuster`, `tickMuster`, `endMuster` and `eraseMuster` write them. */
export interface MusterBook {
  /** Everybody whose last passage was inwards, in the order in which they came. @throws GatepostError `log.unavailable` */
  inside(): readonly MusterLine[];
  /** What the ledger says of people without a pass since then, and what was counted while the gate stood open that day. */
  unnamed(sinceMs: number, siteDay: number): Pick<MusterDoubts, 'inUnnamed' | 'outUnnamed' | 'whileOpen'>;
  /** The newest list; undefined if there was none. @throws GatepostError `log.unavailable` */
  newest(): Muster | undefined;
  /** Those whose people are still kept. @throws GatepostError `log.unavailable` */
  unerased(): readonly Muster[];
  /** By number of the line. @throws GatepostError `log.unavailable` */
  lines(muster: number): readonly MusterLine[];
  ticks(muster: number): readonly MusterTick[];
  /** What was signed when it was erased. */
  receipt(muster: number): SignedMusterReceipt | undefined;
}

/** The list now, without anybody on it. */
export interface MusterView extends Omit<Muster, 'doubts' | 'note'> {
  readonly ticked: number;
  /** Grows with each tick. */
  readonly changes: number;
  /** The list could not be stored yet: a restart would lose it. */
  readonly unstored?: true;
  /** When it goes, Unix milliseconds; absent while it is under way and once it is gone. */
  readonly eraseMs?: number;
}

/** Somebody on the list, in words for a guard. */
export interface MusterPerson {
  readonly line: number;
  readonly holderRef?: string;
  readonly kind?: MusterLine['kind'];
  readonly isGuest?: true;
  readonly accessPoint: string;
  readonly sinceMs: number;
  /** From the directory of this kiosk; the host's for a guest. */
  readonly holder?: Holder;
  /** What the registers call a visitor, a driver or a courier, and where they say that it goes. */
  readonly label?: string;
  readonly unit?: string;
}

/** The list with everybody on it. */
export interface MusterSheet {
  readonly muster: Muster;
  readonly people: readonly MusterPerson[];
  readonly ticks: readonly MusterTick[];
  readonly receipt?: SignedMusterReceipt;
}

/** Shows the list to signed-in guards. Each look is in the log. */
export interface MusterDesk {
  /** Undefined if there is none. @throws GatepostError `log.unavailable` */
  look(operator: string): MusterSheet | undefined;
  /** The ticks alone, which name nobody. */
  ticks(): { readonly muster: number; readonly ticks: readonly MusterTick[] } | undefined;
}
