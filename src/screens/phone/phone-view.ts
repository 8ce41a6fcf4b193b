import type { NoPass } from './entered-text.ts';
import type { HeldPass } from './held-pass.ts';
import type { OwnPass } from './kept.ts';
import type { OwnKey } from './own-key.ts';

/** What the page shows. Without a pass, `show` and `list` are `enter`. */
export type View =
  | { readonly at: 'show'; readonly isNew?: true }
  | { readonly at: 'list' }
  | { readonly at: 'enter'; readonly wrong?: NoPass | 'noKey' }
  | { readonly at: 'keep'; readonly pass: HeldPass }
  | { readonly at: 'request'; readonly ownKey: OwnKey; readonly movedPassId?: string }
  | { readonly at: 'guest'; readonly pass: OwnPass; readonly ownKey: OwnKey }
  | { readonly at: 'move' | 'remove'; readonly pass: OwnPass };
