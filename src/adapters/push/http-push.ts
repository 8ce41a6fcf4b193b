import { readFile } from 'node:fs/promises';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { messageOf } from '../../core/errors.ts';
import type { PushAnswer, PushSender } from '../../ports/push.ts';

/** For everything, from the name to the answer. */
const USUAL_LIMIT_MS = 10_000;
const LONGEST_WAIT_MS = 300_000;
/** Answered by ntfy with 200; any other notifier that answers anything here is within reach too. */
const HEALTH = '/v1/health';

export interface HttpPushSettings {
  /** The topic of the person: `https://HOST/TOPIC`. */
  readonly url: string;
  readonly tokenFile?: string;
  /** Authority of the notifier's certificate, PEM; those of the system without it. */
  readonly caFile?: string;
  /** The whole message. */
  readonly text: string;
  /** How loud it is: 1 to 5, as ntfy has it. */
  readonly priority: number;
  /** The page that a touch on the message opens. */
  readonly page?: string | undefined;
  /** Milliseconds after which an answer is not waited for any more; default 10 s. */
  readonly limitMs?: number;
}

type Failure = Extract<PushAnswer, { status: 'failed' }>;

/**
 * A topic of ntfy, or of anything that takes a POST of plain text and the same headers. No redirect is followed,
 * because the token would go with it; of the answer only its head is read.
 */
export class HttpPush implements PushSender {
  readonly place: string;
  readonly #settings: HttpPushSettings;

  constructor(settings: HttpPushSettings) {
    this.#settings = settings;
    this.place = new URL(settings.url).origin;
  }

  send(signal: AbortSignal): Promise<PushAnswer> {
    const { url, text, priority, page } = this.#settings;
    const headers = {
      'content-type': 'text/plain; charset=utf-8',
      title: 'Gatepost',
      priority: String(priority),
      ...(page === undefined ? {} : { click: page }),
    };
    return this.#ask(new URL(url), { method: 'POST', headers, body: text, signal }, (status) => status < 300);
  }

  check(signal: AbortSignal): Promise<PushAnswer> {
    return this.#ask(new URL(HEALTH, this.place), { method: 'GET', signal }, (status) => status < 500);
  }

  async #ask(url: URL, order: Order, isGood: (status: number) => boolean): Promise<PushAnswer> {
    const { tokenFile, caFile, limitMs = USUAL_LIMIT_MS } = this.#settings;
    const inTime = AbortSignal.timeout(limitMs);
    try {
      const ca = caFile === undefined ? undefined : await readFile(caFile);
      const token = order.method === 'GET' || tokenFile === undefined ? undefined : await tokenIn(tokenFile);
      const { status, retryAfter } = await head(url, {
        ...order,
        headers: { ...order.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ca,
        signal: AbortSignal.any([order.signal, inTime]),
      });
      return isGood(status) ? { status: 'sent' } : this.#refused(status, retryAfter);
    } catch (error) {
      const why = inTime.aborted ? `no answer within ${limitMs / 1000} s` : messageOf(error);
      return this.#failed(
        'push.unreachable',
        `The notifier at ${this.place} cannot be used: ${why}. Look at its address, its certificate and the network.`,
      );
    }
  }

  #refused(status: number, retryAfter: string | undefined): Failure {
    const said = `The notifier at ${this.place} answers ${status}`;
    if (status === 429) {
      const seconds = Number(retryAfter);
      const waitMs = Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 60_000;
      const detail = `${said}: it takes no more messages for a while. Raise its limit for this kiosk.`;
      return {
        ...this.#failed('push.unreachable', detail),
        retryAfterMs: Math.min(waitMs, LONGEST_WAIT_MS),
      };
    }
    if (status >= 500) return this.#failed('push.unreachable', `${said}. Look at its own log.`);
    if (status === 401 || status === 403)
      return this.#failed(
        'push.refused',
        `${said}: this token may not write to this topic. Mend one of them.`,
      );
    if (status < 400)
      return this.#failed('push.refused', `${said}, which is another address. Write that into the config.`);
    return this.#failed('push.refused', `${said}. Compare the address in the config with its own.`);
  }

  #failed(cause: Failure['cause'], detail: string): Failure {
    return { status: 'failed', cause, detail };
  }
}

interface Order {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  readonly ca?: Buffer | undefined;
}

function head(
  url: URL,
  { method, headers, body, signal, ca }: Order,
): Promise<{ readonly status: number; readonly retryAfter: string | undefined }> {
  const request = url.protocol === 'https:' ? requestSecure : requestPlain;
  const options = { method, headers, signal, agent: false, ...(ca && { ca }) } as const;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, (incoming) => {
      const { statusCode = 0, headers: told } = incoming;
      incoming.destroy();
      resolve({ status: statusCode, retryAfter: told['retry-after'] });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function tokenIn(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim();
  if (/^[\x21-\x7e]{1,500}$/.test(token)) return token;
  throw new Error(`the file ${file} holds no token`);
}
