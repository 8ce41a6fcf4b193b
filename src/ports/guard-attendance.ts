/** Whether a guard could answer: a signed-in guard's page is open and answers. */
export interface GuardAttendance {
  isThere(): boolean;
  /** Called after the last one has gone, and when the first one is there. */
  onChange(listener: () => void): void;
}
