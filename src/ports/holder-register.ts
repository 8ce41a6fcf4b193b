/** What the guard may see of a holder. It stays on the kiosk: never logged, never published. */
export interface Holder {
  /** Name or description written by the site's office. */
  readonly label: string;
  /** House, flat or company of the holder. */
  readonly unit: string;
  /** Whether HolderPhotos has a photograph. */
  readonly hasPhotograph?: boolean;
}

/** The local directory, which resolves a pass's pseudonym to words for the guard. */
export interface HolderRegister {
  /** @throws GatepostError `log.unavailable` */
  find(holderRef: string): Holder | undefined;
}

export interface HolderPhotograph {
  readonly type: 'image/jpeg' | 'image/png';
  /** At most 64 KiB. */
  readonly bytes: Uint8Array;
}

/** The photographs of the local directory. */
export interface HolderPhotos {
  /** @throws GatepostError `log.unavailable` */
  photograph(holderRef: string): HolderPhotograph | undefined;
}

/** Finds holders by name or unit. */
export interface HolderSearch {
  /**
   * Holders whose name or unit contains the text, by unit and name.
   * @param text as typed, not empty
   * @param limit most results
   * @throws GatepostError `log.unavailable`
   */
  search(text: string, limit: number): readonly (Holder & { readonly holderRef: string })[];
}

export interface FoundPersons {
  readonly holders: readonly (Holder & { readonly holderRef: string })[];
  readonly visitors: readonly { readonly passId: string; readonly label: string; readonly unit?: string }[];
}

/**
 * What signed-in operators see of the register. Each person who is named or pictured is on record before; `too-many`: more of them
 * than an operator needs within a quarter of an hour, so nobody is shown.
 */
export interface RegisterLooks {
  /**
   * Holders as `HolderSearch`, and visitors as `VisitorBook.search`.
   * @param limit most of either
   * @throws GatepostError `log.unavailable`
   */
  search(text: string, limit: number, operator: string): FoundPersons | 'too-many';
  /** @throws GatepostError `log.unavailable` */
  photograph(holderRef: string, operator: string): HolderPhotograph | 'too-many' | undefined;
}
