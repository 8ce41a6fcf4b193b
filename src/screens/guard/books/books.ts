import type { ComponentType } from 'preact';
import type { Right } from '../../../core/desk/rights.ts';
import type { GuardState } from '../guard-state.ts';
import type { Give } from '../orders.ts';

/** What a book of the desk is given. */
export interface BookProps {
  readonly picture: GuardState;
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  readonly operator: string;
  readonly onOrder: Give;
  /** Called when the session may be over. */
  readonly onSessionDoubt: () => Promise<void>;
}

export interface Book {
  /** Its words are in `guard.books.of`. */
  readonly id: string;
  /** Who has no right to it is not offered it. */
  readonly right: Right;
  /** Loads its code, which is not part of the page until somebody opens it. */
  readonly load: () => Promise<{ readonly default: ComponentType<BookProps> }>;
}

/** What the desk keeps beside the moment's work, in the order of its list. */
export const BOOKS: readonly Book[] = [];
