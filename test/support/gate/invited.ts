import type { GuestClaims } from '../../../src/core/pass/guest-pass.ts';
import { guestPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import { testSigner } from './pass-samples.ts';
import { passText } from './rule-gate.ts';
import type { Scene } from './scene.ts';

/** The key of the resident's phone that signs for guests; the host's pass has it as holderKey. */
export const phone = testSigner('phone');

let drawn = 0;

/** The code for one more guest of this host: for two hours from now, once in each direction. */
export function invited(scene: Scene, host: Partial<PassClaims>, claims: Partial<GuestClaims> = {}): string {
  const issuedAt = Math.floor(scene.gate.clock.read().wallMs / 1000);
  drawn += 1;
  const cti = String(drawn).padStart(16, '0');
  return guestPass(passText(host), phone, { issuedAt, expiresAt: issuedAt + 7_200, cti, uses: 1, ...claims });
}
