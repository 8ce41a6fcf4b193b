import { toHex } from '../../core/encoding/hex.ts';
import { type GuestClaims, guestMessage, guestPassText } from '../../core/pass/guest-pass.ts';
import type { HeldPass } from './held-pass.ts';
import { type OwnKey, signWith } from './own-key.ts';

const HOUR_S = 3_600;
/** Longest name in a pass, in bytes of UTF-8 (config/contract/README.md#limits). */
const NAME_BYTES = 24;

/** What the host chooses for a guest. */
export interface GuestWishes {
  /** Empty: none. */
  readonly name: string;
  readonly hours: number;
  readonly uses: 1 | 2;
}

/** Whether a gate lets the holder of this pass invite: a resident of a household, until the pass is over. */
export function mayInvite({ claims }: HeldPass, nowS: number): boolean {
  return claims.kind === 'resident' && claims.holderRef !== undefined && nowS < claims.expiresAt;
}

/** The beginning of a name that fits into a pass, in whole characters. */
export function nameThatFits(name: string): string {
  let fits = '';
  for (const character of name) {
    if (new TextEncoder().encode(fits + character).length > NAME_BYTES) break;
    fits += character;
  }
  return fits;
}

/** The code for a guest, signed on this phone, and the second at which it is over: with the host's pass at the latest. */
export async function guestCode(
  { bytes, claims: host }: HeldPass,
  key: OwnKey,
  { name, hours, uses }: GuestWishes,
  nowMs: number,
): Promise<{ readonly text: string; readonly untilS: number }> {
  // The clock of the phone may be a little behind that of the office.
  const issuedAt = Math.max(Math.floor(nowMs / 1000), host.issuedAt);
  const untilS = Math.min(issuedAt + hours * HOUR_S, host.expiresAt);
  const claims: GuestClaims = {
    issuedAt,
    expiresAt: untilS,
    cti: toHex(crypto.getRandomValues(new Uint8Array(8))),
    ...(name === '' ? {} : { label: name }),
    uses,
  };
  const { algorithm } = key;
  const signature = await signWith(key, guestMessage(claims, algorithm));
  return { text: guestPassText(bytes, claims, { algorithm, signature }), untilS };
}
