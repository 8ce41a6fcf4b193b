/** What the kiosk remembers of passes beyond the event log. Read before a decision, written by its effects. */
export interface PassMemory {
  /** Whether this step of this pass was presented before (replay of a phone code). */
  stepSeen(passId: string, step: number): boolean;
}
