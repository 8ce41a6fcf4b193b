import type { DeskRefusal } from '../core/access/desk-refusals.ts';
import type { Given } from '../core/desk/guard-order.ts';

/** Who has already done something about a person; `operator` is `auto` for the gate itself. */
export interface AlreadyDone {
  readonly operator: string;
  readonly action: 'open' | 'refuse' | 'measure' | 'confirm-host';
}

/** Why an order was not carried out. `cause` is for pages, which say it in their own language; `detail` is a plain sentence. */
export type OrderRefusal =
  | {
      readonly status: 'refused';
      readonly detail: string;
      readonly cause: DeskRefusal;
      readonly already?: never;
    }
  | {
      readonly status: 'refused';
      readonly detail: string;
      readonly already: AlreadyDone;
      readonly cause?: never;
    };

/** Answer to a guard's order. */
export type DeskAnswer =
  | {
      readonly status: 'done';
      /** The pass that was made. */
      readonly passId?: string;
    }
  | OrderRefusal;

/** What a signed-in guard can order. Every order is in the log with the operator before it acts; a refused one is not. */
export interface GuardDesk {
  give(order: Given): DeskAnswer;
}

/** Whether a guard could answer: the page of a signed-in guard is open and responds. */
export interface GuardAttendance {
  isThere(): boolean;
  /** Called after the last one has left, and after the first one has come. */
  onChange(listener: () => void): void;
}
