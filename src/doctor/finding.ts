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

/** Limits the wait for what never answers. @throws Error after `limitMs` milliseconds */
export async function inTime<T>(answer: T | Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s.`)), limitMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
