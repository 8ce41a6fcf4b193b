import type { SiteAdvice } from '../../core/access/advice.ts';
import type { PrivacyNotice } from '../../core/report/privacy-notice.ts';
import type { PromptView } from '../../ports/resident-prompt.ts';

/** The answer of `GET /api/prompt`, as far as this page needs it. */
export interface PromptInfo {
  readonly accessPoints: readonly { readonly id: string; readonly direction: PromptView['direction'] }[];
  readonly language?: string;
  readonly languages?: readonly string[];
  readonly timeZone?: string;
  readonly simulated?: boolean;
  /** Whether people can ask at this screen what is kept about their pass. */
  readonly selfService?: boolean;
  /** `button`: the screen has one that calls the guard. `mayEnd`: a call can be taken back here. */
  readonly assist?: { readonly button: boolean; readonly otherGate?: string; readonly mayEnd?: boolean };
  /** Spoken sentences; absent: none. Loudness from 0 to 100, hours such as `22:00-06:00`. */
  readonly speech?: {
    readonly volume: number;
    readonly night?: { readonly hours: string; readonly volume: number };
    readonly repeatSeconds: number;
  };
  /** `link`: what a phone opens that scans the code on the screen. */
  readonly office?: {
    readonly telephone: string;
    readonly hours?: string;
    readonly address?: string;
    readonly link?: string;
  };
  /** What the site tells refused people, in words of its own. */
  readonly advice?: SiteAdvice;
  readonly notice?: PrivacyNotice;
}
