import { type HeldPass, heldPass } from './held-pass.ts';

/** What a text is that is no pass; each has its own words (`phone.wrong`). */
export type NoPass =
  | 'phoneCode'
  | 'guestCode'
  | 'request'
  | 'damaged'
  | 'newer'
  | 'address'
  | 'other'
  | 'nothing';

/** A pass; a pass to be moved here from another phone, by its id; or what it is instead. */
export type Entered =
  | { readonly pass: HeldPass }
  | { readonly movedPassId: string }
  | { readonly wrong: NoPass };

/** Longer texts are not looked at, in characters. */
const LONGEST = 2_000;

/** What was pasted, scanned or opened as a link. */
export function enteredText(entered: string): Entered {
  // Passes of wallets and messengers come with line ends; a space is in the alphabet of a pass, but never at its ends.
  const text = entered.trim();
  if (text === '') return { wrong: 'nothing' };
  if (text.length > LONGEST) return { wrong: 'other' };
  const fragment = /^https?:\/\/[^#\s]*(#(?:pass|move)=\S+)$/.exec(text)?.[1];
  if (fragment !== undefined) return enteredFragment(fragment) ?? { wrong: 'address' };
  const pass = heldPass(text);
  return pass === undefined ? { wrong: noPass(text) } : { pass };
}

/**
 * What stands in the fragment of an address: `#pass=GP1%3A…` or `#move=<pass id>`; undefined for anything else.
 * Browsers do not send a fragment to the server.
 */
export function enteredFragment(hash: string): Entered | undefined {
  const moved = /^#move=([0-9a-f]{16})$/.exec(hash)?.[1];
  if (moved !== undefined) return { movedPassId: moved };
  const value = /^#pass=(.*)$/.exec(hash)?.[1];
  if (value === undefined) return undefined;
  try {
    return enteredText(decodeURIComponent(value));
  } catch (error) {
    if (error instanceof URIError) return { wrong: 'damaged' };
    throw error;
  }
}

function noPass(text: string): NoPass {
  if (text.startsWith('GR1:')) return 'phoneCode';
  if (text.startsWith('GG1:')) return 'guestCode';
  if (text.startsWith('GP1:')) return 'damaged';
  if (/^G[A-Z][0-9]:/.test(text)) return 'newer';
  if (/^https?:\/\//.test(text)) return 'address';
  return /^(?:[\w-]{43}|B[\w-]{86})(?:\.[0-9a-f]{16})?$/.test(text) ? 'request' : 'other';
}
