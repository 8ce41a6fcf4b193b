import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ErrorCode, isGatepostError, messageOf } from '../../core/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CodeFault, ConfirmAnswer } from '../../ports/operator-desk.ts';

/** Codes of refused requests. Pages have words for each in their own language. */
export const WEB_ERRORS = [
  'usage',
  'picture.invalid',
  'log.unavailable',
  'gpio.failed',
  'gpio.unavailable',
  'bad_request',
  'not_found',
  'too_large',
  'media_type',
  'too_many_requests',
  'too_many_screens',
  'foreign_host',
  'foreign_origin',
  'no_session',
  'operator.refused',
  'operator.locked',
  'operator.code',
  'passkey.place',
  'desk.password',
  'desk.unattended',
  'desk.right',
  'internal',
] as const;

type WebError = (typeof WEB_ERRORS)[number];

/** Sends `{error, message}`. `message` is our own sentence, never a library's. */
export function refuse(reply: FastifyReply, status: number, error: WebError, message: string): FastifyReply {
  return reply.code(status).send({ error, message });
}

/** Answers that a password was wrong, or when the next attempt is allowed. */
export function refuseSignIn(
  reply: FastifyReply,
  answer: Exclude<ConfirmAnswer, { status: 'accepted' }>,
): FastifyReply {
  if (answer.status === 'locked') return refuseLocked(reply, answer.retryAfterMs);
  if (answer.cause === undefined)
    return refuse(reply, 401, 'operator.refused', 'Name and password do not fit together.');
  const message = 'The one-time code does not fit, or was used before. Send the next one.';
  return reply.code(401).send({ error: 'operator.refused', message, cause: answer.cause });
}

/** Answers that the password was right, and what is wrong with the one-time code. */
export function refuseCode(reply: FastifyReply, cause: CodeFault): FastifyReply {
  return reply.code(401).send({ error: 'operator.code', message: CODE_FAULTS[cause], cause });
}

const CODE_FAULTS: Readonly<Record<CodeFault, string>> = {
  missing: 'This account has one-time codes. Send the one that the phone shows now, or a recovery code.',
  wrong: 'The one-time code does not fit, or was used before. Send the next one, or a recovery code.',
  clock:
    'The one-time code does not fit, and the clock of this kiosk is not believed at the moment. Send a recovery code.',
};

/** Answers when the next attempt is allowed. */
export function refuseLocked(reply: FastifyReply, retryAfterMs: number): FastifyReply {
  const seconds = Math.ceil(retryAfterMs / 1000);
  reply.header('retry-after', String(seconds));
  return refuse(reply, 429, 'operator.locked', `Too many wrong tries. Try again in ${seconds} seconds.`);
}

/** Error and message for the HTTP statuses with which the framework itself refuses. */
const BY_STATUS: Readonly<Record<number, readonly [error: WebError, message: string]>> = {
  400: ['bad_request', 'The request cannot be read.'],
  404: ['not_found', 'There is nothing at this address.'],
  413: ['too_large', 'The request is too large.'],
  415: ['media_type', 'Send JSON with the content type application/json.'],
  429: ['too_many_requests', 'Too many requests. Wait a minute.'],
};

/** Messages for faults of the kiosk that the guard has to know, without internal details. */
const FAULTS = {
  'log.unavailable': 'The log cannot be written, so nothing was done. Look at the devices list.',
  'gpio.failed': 'The output of the door does not answer. Look at the devices list.',
  'gpio.unavailable': 'The output of the door does not answer. Look at the devices list.',
} as const satisfies Partial<Record<ErrorCode & WebError, string>>;

export function notFound(reply: FastifyReply): FastifyReply {
  return refuse(reply, 404, ...statusText(404));
}

/** Turns a thrown error into an answer. An unexpected error is logged in full and answered with one sentence. */
export function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
): FastifyReply {
  if (isGatepostError(error, 'usage')) return refuse(reply, 400, 'usage', error.message);
  if (isGatepostError(error, 'picture.invalid')) return refuse(reply, 422, 'picture.invalid', error.message);
  if (isGatepostError(error)) {
    const { code, message } = error;
    if (isFault(code)) {
      logger.error({ code, path: request.url }, message);
      return refuse(reply, 503, code, FAULTS[code]);
    }
  }
  const status = statusOf(error);
  if (status >= 400 && status < 500) return refuse(reply, status, ...statusText(status));
  logger.error(
    { method: request.method, path: request.url, error: messageOf(error), err: error },
    'A request failed.',
  );
  return refuse(reply, 500, 'internal', 'The kiosk could not do this. Its log says why.');
}

function isFault(code: ErrorCode): code is keyof typeof FAULTS {
  return Object.hasOwn(FAULTS, code);
}

function statusText(status: number): readonly [error: WebError, message: string] {
  return BY_STATUS[status] ?? ['bad_request', 'The request cannot be read.'];
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}
