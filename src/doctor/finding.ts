/** ok: as it should be; warn: the gate works, but not as well as it could; fail: something does not work. */
export type Grade = 'ok' | 'warn' | 'fail';

/** One line of the doctor's answer. */
export interface Finding {
  /** Stable name of the check, for programs. */
  readonly check: string;
  readonly grade: Grade;
  /** What was found, one sentence. */
  readonly text: string;
  /** What to do about it; absent if there is nothing to do. */
  readonly fix?: string;
}

export function ok(check: string, text: string): Finding {
  return { check, grade: 'ok', text };
}

export function warn(check: string, text: string, fix: string): Finding {
  return { check, grade: 'warn', text, fix };
}

export function fail(check: string, text: string, fix: string): Finding {
  return { check, grade: 'fail', text, fix };
}
