/** Checks signatures over long messages without holding up the caller's thread. */
export interface SignatureVerifier {
  /** @param publicKey raw Ed25519 key, 32 bytes. @throws GatepostError `key.invalid` */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}
