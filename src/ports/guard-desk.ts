/** Answer to a guard's order. `detail` is a plain sentence. */
export type DeskAnswer =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly detail: string };

export type DoorModeVerb = 'hold' | 'release' | 'block' | 'unblock' | 'lockdown' | 'lockdown-release';

/** What a signed-in guard can order. Every call is logged with the operator and the typed reason before it acts. */
export interface GuardDesk {
  /** Lets one person through. `note`: 1 to 200 characters, why. */
  open(order: { accessPoint: string; operator: string; note: string }): DeskAnswer;
  /** Turns away the person who waits for the guard. */
  refuse(order: { accessPoint: string; operator: string; note: string }): DeskAnswer;
  setDoorMode(order: { door: string; verb: DoorModeVerb; operator: string; note: string }): DeskAnswer;
}
