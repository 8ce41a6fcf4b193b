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
