import { z } from 'zod';

/** The section `metrics`: figures of the gate for Prometheus, and whether it is well. Absent: none are served. */
export const metrics = z.strictObject({
  host: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]{1,253}$/, 'must be an address or a host name')
    .default('127.0.0.1')
    .describe('Address at which `/metrics` and `/healthz` are served.'),
  port: z.number().int().min(0).max(65535).default(9464).describe('Their port; 0 takes any free one.'),
  allowRemote: z.boolean().default(false).describe('Must be true to serve any address but loopback.'),
});

/** The section `homeassistant`: the gate as a device of Home Assistant, over the broker. */
export const homeassistant = z.strictObject({
  discovery: z
    .boolean()
    .default(false)
    .describe('Whether the gate tells Home Assistant of itself (MQTT device discovery).'),
  prefix: z
    .string()
    .regex(
      /^[A-Za-z0-9_-]{1,32}(\/[A-Za-z0-9_-]{1,32}){0,3}$/,
      'must be a topic of letters, digits, _, - and /',
    )
    .default('homeassistant')
    .describe('Discovery prefix of Home Assistant.'),
  unlock: z
    .boolean()
    .default(false)
    .describe(
      'Home Assistant may open, by a message without a signature: whoever may publish it at the broker opens too.',
    ),
});

type HomeAssistant = z.output<typeof homeassistant>;

/** Settings of the section that cannot work. */
export function homeAssistantConflicts(
  { discovery, unlock }: HomeAssistant,
  hasBroker: boolean,
): { readonly path: readonly string[]; readonly message: string }[] {
  const say = (key: string, message: string) => [{ path: ['homeassistant', key], message }];
  return [
    ...(discovery && !hasBroker
      ? say('discovery', 'needs the section `mqtt`: Home Assistant is told through the broker')
      : []),
    ...(unlock && !discovery
      ? say('unlock', 'needs `discovery: true` beside it: without it Home Assistant knows no lock')
      : []),
  ];
}

/** Whether only this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

interface Served {
  readonly host: string;
  readonly port: number;
  readonly allowRemote: boolean;
}

/** Addresses that others reach without somebody having said so, and a port for two things. */
export function addressConflicts(served: {
  readonly web?: (Served & { readonly https?: { readonly port: number } }) | undefined;
  readonly metrics?: Served | undefined;
}): { readonly path: readonly string[]; readonly message: string }[] {
  const { web, metrics: figures } = served;
  const taken = [
    { key: 'web.port', port: web?.port },
    { key: 'web.https.port', port: web?.https?.port },
  ];
  const shared = figures && figures.port !== 0 ? taken.find(({ port }) => port === figures.port) : undefined;
  return [
    ...(web?.https === undefined ? remoteAddress('web', web) : []),
    ...remoteAddress('metrics', figures),
    ...(shared === undefined
      ? []
      : [
          {
            path: ['metrics', 'port'],
            message: `is ${shared.port}, which the screens have (\`${shared.key}\`)`,
          },
        ]),
  ];
}

function remoteAddress(section: string, served: Served | undefined): ReturnType<typeof addressConflicts> {
  if (served === undefined || served.allowRemote || isLoopback(served.host)) return [];
  return [
    {
      path: [section, 'host'],
      message: `is ${served.host}, which other machines can reach; if that is meant, set \`allowRemote: true\` beside it, else 127.0.0.1`,
    },
  ];
}
