/** One line of the visitors' book, kept on the kiosk: never published, never in the log. */
export interface VisitorEntry {
  /** The pass the visitor was given, hex. */
  readonly passId: string;
  /** Who it is, in the guard's words, at most 60 characters. */
  readonly label: string;
  /** Pseudonym of the household that is visited, where it is known. */
  readonly hostRef?: string;
  /** Unix milliseconds; `untilMs` is the first at which the visit is over. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly registeredBy: string;
}

/** What a decision needs to know of it. */
export interface VisitorFacts {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly hostConfirmed: boolean;
}
