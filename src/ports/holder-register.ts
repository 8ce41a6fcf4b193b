/** What the guard may see of a holder. It stays on the kiosk: never logged, never published. */
export interface Holder {
  /** Name or description as the site's office wrote it. */
  readonly label: string;
  /** House, flat, company: where the holder belongs. */
  readonly unit: string;
  /** Whether there is a photograph to ask HolderPhotos for. */
  readonly hasPhotograph?: boolean;
}

/** The local register that turns a pass's pseudonym into words for the guard. */
export interface HolderRegister {
  /** @throws GatepostError `log.unavailable` */
  find(holderRef: string): Holder | undefined;
}

export interface HolderPhotograph {
  readonly type: 'image/jpeg' | 'image/png';
  /** At most 64 KiB. */
  readonly bytes: Uint8Array;
}

/** The photographs of the local register. */
export interface HolderPhotos {
  /** @throws GatepostError `log.unavailable` */
  photograph(holderRef: string): HolderPhotograph | undefined;
}

/** Looks holders up by what people know of them. */
export interface HolderSearch {
  /**
   * Holders whose name or unit contains the text, by unit and name.
   * @param text as somebody typed it, not empty
   * @param limit how many at most
   * @throws GatepostError `log.unavailable`
   */
  search(text: string, limit: number): readonly (Holder & { readonly holderRef: string })[];
}
