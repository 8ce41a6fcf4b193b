import { describe, expect, it } from 'vitest';
import { RefreshTimer } from '../../src/app/desk/refresh-timer.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const MINUTE_MS = 60_000;

function build(publish: () => void) {
  const clock = new VirtualClock();
  const logger = new SilentLogger();
  return { clock, logger, refresh: new RefreshTimer({ clock, logger, publish }) };
}

describe('the refresh of the desk', () => {
  it('shows the desk anew every minute from start to stop', async () => {
    let shown = 0;
    const { clock, refresh } = build(() => shown++);
    await refresh.start(new AbortController().signal);
    await refresh.start(new AbortController().signal);
    clock.advance(MINUTE_MS);
    clock.advance(MINUTE_MS);
    expect(shown).toBe(2);
    await refresh.stop();
    await refresh.stop();
    clock.advance(10 * MINUTE_MS);
    expect(shown).toBe(2);
  });

  it('goes on while the records cannot be read, and hides no other fault', async () => {
    let fault: Error = new GatepostError('log.unavailable', 'The disk is gone.');
    const { clock, logger, refresh } = build(() => {
      throw fault;
    });
    await refresh.start(new AbortController().signal);
    clock.advance(MINUTE_MS);
    clock.advance(MINUTE_MS);
    expect(logger.lines).toMatchObject([{ level: 'warn' }, { level: 'warn' }]);
    fault = new TypeError('a bug');
    expect(() => clock.advance(MINUTE_MS)).toThrow('a bug');
  });
});
