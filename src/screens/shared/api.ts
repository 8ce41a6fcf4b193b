import { type Locale, wordIn } from './locale.ts';

/** The answer of the gate's server, or `unreachable` when there was none in time. */
export type Answer =
  | {
      readonly status: number;
      readonly body: Readonly<Record<string, unknown>>;
      readonly retryAfterS?: number;
    }
  | 'unreachable';

const TIMEOUT_MS = 8_000;

async function send(path: string, init: RequestInit, timeoutMs: number): Promise<Answer> {
  try {
    const response = await fetch(path, {
      ...init,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const parsed: unknown = await response.json().catch(() => null);
    const body =
      typeof parsed === 'object' && parsed !== null ? (parsed as Readonly<Record<string, unknown>>) : {};
    const retryAfterS = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { status: response.status, body, ...(Number.isFinite(retryAfterS) ? { retryAfterS } : {}) };
  } catch {
    // fetch rejects only when no answer came: refused, cut, or later than the deadline.
    return 'unreachable';
  }
}

export function getJson(path: string, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  return send(path, { method: 'GET' }, timeoutMs);
}

export function postJson(path: string, body: unknown, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  return send(
    path,
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    timeoutMs,
  );
}

export function postBytes(path: string, bytes: Blob): Promise<Answer> {
  return send(
    path,
    { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: bytes },
    TIMEOUT_MS,
  );
}

/** An error in the page's language; the gate's own sentence if the page has no words for its code. */
export function problemIn(locale: Pick<Locale, 'common'>, answer: Exclude<Answer, 'unreachable'>): string {
  const { error } = answer.body;
  const known = typeof error === 'string' ? wordIn<string>(locale.common.problems, error) : undefined;
  return known ?? sentenceOf(answer);
}

function sentenceOf(answer: Exclude<Answer, 'unreachable'>): string {
  const { detail, message } = answer.body;
  if (typeof detail === 'string') return detail;
  return typeof message === 'string' ? message : `HTTP ${answer.status}`;
}
