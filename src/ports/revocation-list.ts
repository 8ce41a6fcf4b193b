/** The signed list of passes that no longer count (config/contract/README.md#signed-lists). */
export interface RevocationList {
  /** The list's own number; 0 when there is none. */
  readonly number: number;
  /** Unix milliseconds from which the lists are too old to decide by alone; undefined: they do not grow old. */
  readonly nextUpdateMs: number | undefined;
  /** @param issuedAt whole Unix seconds, as in the pass. @throws GatepostError `log.unavailable` */
  isRevoked(passId: string, holderRef: string | undefined, issuedAt: number): boolean;
}

/** Where no list was ever given: nothing is revoked and nothing grows old. */
export const NO_REVOCATIONS: RevocationList = {
  number: 0,
  nextUpdateMs: undefined,
  isRevoked: () => false,
};
