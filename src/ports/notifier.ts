/** Tells the service manager how the daemon is. */
export interface Notifier {
  /** Milliseconds between watchdog messages, or undefined when none are wanted. */
  readonly watchdogIntervalMs: number | undefined;
  ready(status: string): Promise<void>;
  status(text: string): Promise<void>;
  /** Only to be called when the daemon is proven healthy. */
  watchdog(): Promise<void>;
  stopping(): Promise<void>;
}
