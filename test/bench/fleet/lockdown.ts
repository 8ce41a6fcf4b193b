import { signCommand } from '../../../src/core/command/sign-command.ts';
import type { Signer } from '../../../src/core/pass/issue-pass.ts';
import type { GateName } from '../../../src/ports/feed-store.ts';
import type { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';

/**
 * One signed order for each site.
 * @param eyes read `state/siteorder` of all gates
 * @returns how long each gate took to tell that it obeys, in milliseconds, shortest first
 */
export async function lockdown(
  eyes: MqttSubscriber,
  names: readonly GateName[],
  centre: Signer,
): Promise<readonly number[]> {
  const sites = [...new Set(names.map(({ site }) => site))];
  const notBefore = Math.floor(Date.now() / 1000) - 3;
  const orders = sites.map((site) => ({
    site,
    bytes: signCommand(
      {
        site,
        gate: undefined,
        verb: 'lockdown',
        arguments: {},
        counter: 1,
        notBefore,
        notAfter: notBefore + 3600,
      },
      centre,
    ),
  }));
  const seen = eyes.messages.length;
  const obeyed = new Map<string, number>();
  const look = (): boolean => {
    for (const { topic, payload } of eyes.messages.slice(seen)) {
      if (obeyed.has(topic)) continue;
      const state = JSON.parse(payload.toString('utf8'));
      if (state.order === 'lockdown' && state.obeyed) obeyed.set(topic, performance.now());
    }
    return obeyed.size === names.length;
  };
  const done = eyes.until(look);
  const beganMs = new Map<string, number>();
  for (const { site, bytes } of orders) {
    beganMs.set(site, performance.now());
    await eyes.send(`gates/v1/${site}/_cmd/site`, bytes, { retain: true });
  }
  await done;
  const took = names.map(({ site, gate }) => {
    const atMs = obeyed.get(`gates/v1/${site}/${gate}/state/siteorder`) ?? Number.NaN;
    return atMs - (beganMs.get(site) ?? 0);
  });
  return took.sort((one, other) => one - other);
}
