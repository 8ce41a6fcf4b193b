/** A pass that this desk has made, as its page shows and prints it. */
export interface DeskPass {
  /** `GP1:…` */
  readonly text: string;
  readonly label: string;
  readonly unit?: string;
  /** Unix milliseconds. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly uses: number;
}

/** Passes of visitors, made at the guard's desk with the kiosk's own key. */
export interface DeskPasses {
  /**
   * The pass of a visit; undefined where this desk has made none of that number, or it is over.
   * @throws GatepostError `log.unavailable`
   */
  passOf(passId: string): DeskPass | undefined;
}
