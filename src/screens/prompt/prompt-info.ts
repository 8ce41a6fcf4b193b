import type { PromptSite, PromptView } from '../../ports/resident-prompt.ts';

/** The answer of `GET /api/prompt`, as far as this page needs it. */
export interface PromptInfo extends PromptSite {
  readonly accessPoints: readonly { readonly id: string; readonly direction: PromptView['direction'] }[];
  readonly language?: string;
  readonly languages?: readonly string[];
  readonly timeZone?: string;
  readonly simulated?: boolean;
  /** Whether people can ask at this screen what is kept about their pass. */
  readonly selfService?: boolean;
  /** Whether a guard may answer by voice at this screen. */
  readonly talk?: boolean;
  /** `button`: the screen has one that calls the guard. `mayEnd`: a call can be taken back here. */
  readonly assist?: { readonly button: boolean; readonly otherGate?: string; readonly mayEnd?: boolean };
}
