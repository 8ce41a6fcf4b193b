/** Reports the state of the daemon to the service manager. */
export interface Notifier {
  /** Milliseconds between watchdog messages, or undefined if none are expected. */
  readonly watchdogIntervalMs: number | undefined;
  ready(status: string): Promise<void>;
  status(text: string): Promise<void>;
  /** Call it only when the daemon has proved to be healthy. */
  watchdog(): Promise<void>;
  stopping(): Promise<void>;
}
