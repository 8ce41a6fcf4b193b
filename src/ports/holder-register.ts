/** What the guard may see of a holder. It stays on the kiosk: never logged, never published. */
export interface Holder {
  /** Name or description as the site's office wrote it. */
  readonly label: string;
  /** House, flat, company: where the holder belongs. */
  readonly unit: string;
}

/** The local register that turns a pass's pseudonym into words for the guard. */
export interface HolderRegister {
  /** @throws GatepostError `log.unavailable` */
  find(holderRef: string): Holder | undefined;
}
