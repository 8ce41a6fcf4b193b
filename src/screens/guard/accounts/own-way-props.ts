/** What a form for another way to sign in is given. */
export interface OwnWayProps {
  readonly onDone: () => Promise<void>;
  readonly onBack: () => void;
  readonly onSessionDoubt: () => Promise<void>;
}
