import { z } from 'zod';
import { id } from './fields.ts';

/** The section `uplink`: the servers that read this gate's events from the broker. */
export const uplink = z.strictObject({
  servers: z
    .array(id)
    .max(16)
    .default([])
    .describe(
      'Ids of the servers that say on `ack/<id>` what they have stored. Each must have an event before it counts as acknowledged; without any, a broker that took it is enough.',
    ),
  lateAfterHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('A server that lacks an event which is older than this calls for attention, in hours.'),
  replayPerSecond: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(100)
    .describe('Events that are sent again for a server (replay), beside the live ones, at most in a second.'),
});

type Uplink = z.output<typeof uplink>;

/** Settings of the section that contradict each other or the rest, with the key to blame. */
export function uplinkConflicts(
  { servers }: Uplink,
  hasBroker: boolean,
): { readonly path: readonly string[]; readonly message: string }[] {
  const path = ['uplink', 'servers'];
  const twice = servers.find((server, at) => servers.indexOf(server) !== at);
  return [
    ...(twice === undefined ? [] : [{ path, message: `names ${twice} twice` }]),
    ...(servers.length > 0 && !hasBroker
      ? [{ path, message: 'needs the section `mqtt`: receipts come through the broker' }]
      : []),
  ];
}
