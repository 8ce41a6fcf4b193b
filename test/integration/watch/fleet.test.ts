import { expect, it } from 'vitest';
import { runFleet } from '../../bench/fleet/run-fleet.ts';
import { needs } from '../../support/needs.ts';

needs('mosquitto', 'postgres')('a small fleet', () => {
  it('loses nothing over a broker that is killed and a server that is killed, and obeys a lockdown', async () => {
    const result = await runFleet({ gates: 3, passages: 6, seconds: 12 }, () => undefined);
    // Each gate: what its start writes, and granted, opened, taken and closed of each person.
    expect(result.sent).toBeGreaterThan(3 * 6 * 4);
    expect(result).toMatchObject({ stored: result.sent, twice: 0, gaps: 0, alarms: [], obeyed: 3 });
  });
});
