import { z } from 'zod';
import { filePath } from './fields.ts';
import { isLoopback } from './neighbours-section.ts';
import type { ConfigPath } from './yaml-source.ts';

const address = (what: string) =>
  z
    .string()
    .max(300)
    .refine((text) => isAddress(text), `must be ${what}, without a user, a password, ? and #`)
    .refine(
      (text) => !isAddress(text) || text.startsWith('https:') || isLoopback(new URL(text).hostname),
      'must begin with https://: without encryption anybody in the network reads the token',
    );

const person = z.strictObject({
  url: address('an address such as https://ntfy.site.lan/gate-north').describe(
    'Topic of this person at the notifier: whoever knows it and may read there learns that somebody is needed.',
  ),
  tokenFile: filePath
    .exactOptional()
    .describe('File that holds the token with which this gate may write to the topic, and nothing else.'),
  caFile: filePath
    .exactOptional()
    .describe("Authority of the notifier's certificate, PEM, where it is one of the site's own."),
});

/** The section `push`: messages to phones of guards who are away from the desk, through a notifier that the site runs. */
export const push = z.strictObject({
  first: person.describe('Who is told first.'),
  second: person.exactOptional().describe('Who is told when nobody has answered by then.'),
  firstAfterSeconds: z
    .number()
    .int()
    .min(0)
    .max(300)
    .default(5)
    .describe(
      'So long may somebody wait before the first is told, in seconds: the desk may answer meanwhile.',
    ),
  secondAfterSeconds: z
    .number()
    .int()
    .min(10)
    .max(3600)
    .default(60)
    .describe('Seconds without an answer after which the second is told.'),
  page: address("an address of the guard's page, such as https://gate.local:8443/guard/")
    .exactOptional()
    .describe(
      "What a touch on the message opens. The guard's page under the first name of `web.https` if left out.",
    ),
});

type Push = z.output<typeof push>;

/** Settings of the section that contradict each other. */
export function pushConflicts({ firstAfterSeconds, secondAfterSeconds, first, second }: Push): {
  readonly path: ConfigPath;
  readonly message: string;
}[] {
  return [
    ...(secondAfterSeconds <= firstAfterSeconds
      ? [
          {
            path: ['push', 'secondAfterSeconds'],
            message: `is ${secondAfterSeconds}, which is not after \`firstAfterSeconds\` (${firstAfterSeconds})`,
          },
        ]
      : []),
    ...(second !== undefined && second.url === first.url
      ? [{ path: ['push', 'second', 'url'], message: 'is the topic of the first person' }]
      : []),
  ];
}

function isAddress(text: string): boolean {
  if (!/^https?:\/\/[\x21-\x7e]+$/.test(text) || !URL.canParse(text)) return false;
  const { username, password, search, hash, pathname } = new URL(text);
  return [username, password, search, hash].every((part) => part === '') && pathname !== '/';
}
