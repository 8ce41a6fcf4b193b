import type { ComponentType } from 'preact';
import type { Right } from '../../../core/desk/rights.ts';
import type { BookProps } from './book-props.ts';

export interface Book {
  /** Its words are in `guard.books.of`. */
  readonly id: string;
  /** Who has no right to it is not offered it. */
  readonly right: Right;
  /** Loads its code, which is not part of the page until somebody opens it. */
  readonly load: () => Promise<{ readonly default: ComponentType<BookProps> }>;
}

/** What the desk keeps beside the moment's work, in the order of its list. */
export const BOOKS: readonly Book[] = [
  {
    id: 'history',
    right: 'history',
    load: () => import('../history/history-book.tsx').then(({ HistoryBook }) => ({ default: HistoryBook })),
  },
  {
    id: 'registers',
    right: 'registers',
    load: () =>
      import('../registers/register-book.tsx').then(({ RegisterBook }) => ({ default: RegisterBook })),
  },
  {
    id: 'muster',
    right: 'muster',
    load: () => import('../muster/muster-book.tsx').then(({ MusterBook }) => ({ default: MusterBook })),
  },
  {
    id: 'upkeep',
    right: 'upkeep',
    load: () => import('../upkeep/upkeep-book.tsx').then(({ UpkeepBook }) => ({ default: UpkeepBook })),
  },
  {
    id: 'day',
    right: 'day',
    load: () => import('../day/day-book.tsx').then(({ DayBook }) => ({ default: DayBook })),
  },
];
