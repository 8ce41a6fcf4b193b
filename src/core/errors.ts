/**
 * Why the store cannot be used although the gate itself still runs and can report it: no room, a read-only file
 * system, errors of the card, a damaged file, an empty file.
 */
export const LOG_TROUBLES = ['log.full', 'log.readonly', 'log.failed', 'log.damaged', 'log.empty'] as const;
export type LogTrouble = (typeof LOG_TROUBLES)[number];

/**
 * Every failure that Gatepost names. A code is `<room>.<what>`; it appears in logs, states and exit messages, so that
 * operators can look it up (config/ERRORS.md) and code can branch on it without comparing sentences.
 */
export type ErrorCode =
  | 'config.unreadable'
  | 'config.invalid'
  | 'device.missing'
  | 'device.busy'
  | 'device.denied'
  | 'device.lost'
  | 'device.failed'
  | 'gpio.unavailable'
  | 'gpio.failed'
  | 'log.unavailable'
  | 'log.busy'
  | 'log.altered'
  | LogTrouble
  | 'broker.unreachable'
  | 'broker.refused'
  | 'broker.lost'
  | 'broker.certificate'
  | 'broker.second'
  | 'database.unavailable'
  | 'pass.invalid'
  | 'key.invalid'
  | 'bundle.refused'
  | 'checkpoint.invalid'
  | 'backup.failed'
  | 'backup.refused'
  | 'picture.invalid'
  | 'web.unavailable'
  | 'metrics.unavailable'
  | 'push.unreachable'
  | 'push.refused'
  | 'operator.refused'
  | 'site.stooddown'
  | 'usage'
  | 'internal';

/** The one error class of the project. `message` says what happened and what to do about it. */
export class GatepostError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'GatepostError';
    this.code = code;
  }
}

/** Whether `error` is a GatepostError, optionally of one given code. */
export function isGatepostError(error: unknown, code?: ErrorCode): error is GatepostError {
  return error instanceof GatepostError && (code === undefined || error.code === code);
}

/** The message of anything that was thrown, for a log line or a wrapped error. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function isLogTrouble(error: unknown): error is GatepostError & { readonly code: LogTrouble } {
  return error instanceof GatepostError && LOG_TROUBLES.some((code) => code === error.code);
}
