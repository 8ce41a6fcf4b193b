import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HttpPush } from '../adapters/push/http-push.ts';
import type { GatePorts } from '../app/gate/gate-ports.ts';
import type { Config } from '../config/schema.ts';
import type { PushPerson } from '../core/access/vocabulary.ts';
import { packageRoot } from '../version.ts';

/** As ntfy has it: 4 is high, and 5 rings until it is looked at. */
const PRIORITIES: Readonly<Record<PushPerson, number>> = { first: 4, second: 5 };

const locale = z.object({ push: z.object({ needed: z.string(), test: z.string() }) });

/** Whom the notifier of the site tells, and what: the name of the gate and that it needs somebody. */
export function assemblePush(
  { push, gate, language, web }: Config,
  what: 'needed' | 'test' = 'needed',
): GatePorts['push'] {
  if (push === undefined) return undefined;
  const path = join(packageRoot(), 'config', 'locales', `${language}.json`);
  const words = locale.parse(JSON.parse(readFileSync(path, 'utf8'))).push;
  const text = words[what].replace('{gate}', gate.name);
  const page = push.page ?? ownPage(web);
  const sender = (person: PushPerson, topic: NonNullable<Config['push']>['first']) =>
    new HttpPush({ ...topic, text, priority: PRIORITIES[person], page });
  const { first, second, firstAfterSeconds, secondAfterSeconds } = push;
  return {
    senders: {
      first: sender('first', first),
      ...(second === undefined ? {} : { second: sender('second', second) }),
    },
    times: { first: firstAfterSeconds * 1000, second: secondAfterSeconds * 1000 },
  };
}

function ownPage({ https }: Config['web']): string | undefined {
  const [name] = https?.hostNames ?? [];
  return https === undefined || name === undefined || https.port === 0
    ? undefined
    : `https://${name}:${https.port}/guard/`;
}
