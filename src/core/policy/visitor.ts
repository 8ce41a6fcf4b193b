/** One line of the visitors' book. It stays on the kiosk: never published, never in the log. */
export interface VisitorEntry {
  /** The pass the visitor was given, hex. */
  readonly passId: string;
  /** A description in the guard's words, at most 60 characters. */
  readonly label: string;
  readonly phone?: string;
  /** The unit that is visited, and why. */
  readonly unit?: string;
  readonly purpose?: string;
  /** Of a pass that this desk has made: times in, and times out. */
  readonly uses?: number;
  /** Pseudonym of the visited household, if it is known. */
  readonly hostRef?: string;
  /** Unix milliseconds; `untilMs` is the first at which the visit is over. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly registeredBy: string;
}

/** The part of it that a decision needs. */
export interface VisitorFacts {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly hostConfirmed: boolean;
}
