import { generateKeyPairSync } from 'node:crypto';
import { toHex } from '../../src/core/encoding/hex.ts';
import { createSigner, type Signer, signPass } from '../../src/core/pass/issue-pass.ts';

export const SITE = 'willow-court';
export const GATE = 'bench';

/** Name of holder number `index` in the filled register. */
export function holderRef(index: number): string {
  return index.toString(16).padStart(12, '0');
}

/** An office that issues as many passes as are asked for, each for another holder and with an id of its own. */
export class PassSupply {
  readonly publicKey: string;
  readonly publicKeyBytes: Uint8Array;
  readonly #signer: Signer;
  #issued = 0;

  constructor() {
    this.#signer = createSigner(generateKeyPairSync('ed25519').privateKey);
    this.publicKeyBytes = this.#signer.publicKey;
    this.publicKey = toHex(this.#signer.publicKey);
  }

  next(): string {
    const number = ++this.#issued;
    const nowS = Math.floor(Date.now() / 1000);
    return signPass(
      {
        site: SITE,
        issuedAt: nowS - 86_400,
        expiresAt: nowS + 14 * 86_400,
        passId: number.toString(16).padStart(16, '0'),
        kind: 'resident',
        // Spread over the register, so that no page of it is warmer than another.
        holderRef: holderRef((number * 7919) % 100_000),
        windows: [{ dayMask: 0x7f, startMinute: 0, endMinute: 1440 }],
        label: 'Chen, 12-304',
      },
      this.#signer,
    );
  }
}
