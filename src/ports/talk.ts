import type { TalkSaid, TalkTold } from '../core/assist/talk.ts';

/**
 * Takes what pages say over their sockets about a talk, parsed and bounded. `screen` is one open socket. Whoever may not say it
 * now is passed over.
 */
export interface TalkDesk {
  /** Of a resident's screen of the kiosk itself. */
  fromResident(accessPoint: string, screen: string, said: TalkSaid): void;
  /** Of the page of a signed-in guard; what it says of a talk that is under way goes to the access point of that. */
  fromGuard(operator: string, screen: string, said: TalkSaid, accessPoint?: string): void;
  /** The socket is closed. */
  gone(screen: string): void;
}

/** What one screen is told, once. */
export interface TalkNews {
  readonly screen: string;
  readonly told: TalkTold;
}

/** Tells one open screen. Never throws and never waits. */
export interface TalkScreens {
  tell(news: TalkNews): void;
}
