import { describe, expect, it } from 'vitest';
import { CommandDesk } from '../support/gate/command-desk.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { SITE } from '../support/gate/rule-gate.ts';

const RULES = policy({ normal: { kinds: { resident: {} } } });
const ROOT = `gates/v1/${SITE}/north/`;
const DAY_MS = 86_400_000;

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const pass = async ({ clock, gate }: CommandDesk, ms: number): Promise<void> => {
  await clock.advanceAsync(ms, Math.max(5, ms / 400));
  await gate.pass(0);
};
const epochOf = ({ gate }: CommandDesk): string => gate.store.outbox.position().epoch;
/** What was sent again since `from`, in order. */
function againSince({ broker }: CommandDesk, from: number): string[] {
  return broker.arrived
    .slice(from)
    .filter(({ topic, historical }) => topic.includes('/evt/') && historical)
    .map(({ payload }) => text(payload));
}

function answersOf({ broker }: CommandDesk): Record<string, unknown>[] {
  return broker.arrived
    .filter(({ topic }) => topic.startsWith(`${ROOT}rsp/`))
    .map(({ payload }) => JSON.parse(text(payload)));
}

function fill({ gate: { store, clock } }: CommandDesk, rows: number): void {
  const { wallMs: timeMs } = clock.read();
  const stopping = { name: 'device.stopping', subject: 'north', data: { cause: 'test' } } as const;
  for (let count = 0; count < rows; count += 100) {
    const events = Array.from({ length: 100 }, () => ({
      ...stopping,
      timeMs,
      timeQuality: 'synced' as const,
    }));
    store.log.commit({ events });
  }
}

describe('a signed replay', () => {
  it('sends the bytes of the log again and answers when all are stored', async () => {
    const desk = await CommandDesk.opens(RULES);
    await desk.gate.goes('in', {});
    await pass(desk, 2_000);
    const to = desk.gate.store.outbox.position().lastSequence;
    const written = desk.gate.store.outbox.readAfter(0, 100).map(({ body }) => text(body));
    const from = desk.broker.arrived.length;
    await desk.orders('replay', { epoch: epochOf(desk), from: 1, to });
    await pass(desk, 5_000);
    expect(againSince(desk, from)).toEqual(written.slice(0, to));
    const { sequence } =
      desk.gate.store.outbox.readAfter(0, 100).find(({ name }) => name === 'command.result') ?? {};
    expect(answersOf(desk)).toEqual([
      {
        verb: 'replay',
        counter: 1,
        result: 'done',
        sequence,
        replay: { epoch: epochOf(desk), from: 1, to, upTo: to, sent: to, purged: [], altered: [] },
      },
    ]);
    expect(desk.gate.data('command.result')).toMatchObject([{ verb: 'replay', result: 'done' }]);
  });

  it('of rows that were reduced sends what is left of them, and names what has ended', async () => {
    const desk = await CommandDesk.opens(RULES);
    await desk.gate.goes('in', { holderRef: 'aaaaaaaaaaaa' });
    await pass(desk, 60_000);
    const to = desk.gate.store.outbox.position().lastSequence;
    const replay = async () => {
      const from = desk.broker.arrived.length;
      await desk.orders('replay', { epoch: epochOf(desk), from: 1, to });
      await pass(desk, 5_000);
      return {
        rows: againSince(desk, from),
        answer: answersOf(desk).at(-1)?.replay as { purged: unknown[] },
      };
    };
    const leap = async (days: number) => {
      desk.clock.holdUp(days * DAY_MS);
      for (let look = 0; look < 8; look++) await desk.gate.pass(20 * 60_000);
    };
    expect((await replay()).rows.join('')).toContain('aaaaaaaaaaaa');
    await leap(15);
    const reduced = await replay();
    expect(reduced.rows.join('')).not.toContain('aaaaaaaaaaaa');
    expect(reduced.rows.join('')).toContain('urn:gatepost:event:reduced:v1');
    expect(reduced.answer).toMatchObject({ sent: to, purged: [] });
    await leap(80);
    const ended = await replay();
    expect(ended.answer.purged.length).toBeGreaterThan(0);
    expect(ended.rows.length).toBeLessThan(to);
  });

  it('tells how far it is', async () => {
    const desk = await CommandDesk.opens(RULES);
    fill(desk, 1_500);
    await desk.clock.advanceAsync(20_000, 10);
    await desk.orders('replay', { epoch: epochOf(desk), from: 1, to: 1_500 });
    await desk.clock.advanceAsync(40_000, 10);
    const answers = answersOf(desk);
    expect(answers.length).toBeGreaterThan(1);
    expect(answers.slice(0, -1).every(({ result }) => result === 'running')).toBe(true);
    expect(answers[0]?.replay).toMatchObject({ to: 1_500 });
    expect(answers.at(-1)).toMatchObject({ result: 'done', replay: { upTo: 1_500, sent: 1_500 } });
  });

  it('is refused where there is nothing, and while one of the same key runs; on record', async () => {
    const desk = await CommandDesk.opens(RULES);
    await pass(desk, 1_000);
    const epoch = epochOf(desk);
    const foreign = '01890a5d-ac96-774b-bcce-b302099a8057';
    expect(await desk.orders('replay', { epoch: foreign, from: 1, to: 2 })).toMatchObject({
      result: 'refused',
      reason: 'unknown_epoch',
    });
    expect(await desk.orders('replay', { epoch, from: 500, to: 600 })).toMatchObject({
      reason: 'nothing_there',
    });
    fill(desk, 300);
    await desk.orders('replay', { epoch, from: 1, to: 300 });
    expect(await desk.orders('replay', { epoch, from: 1, to: 3 })).toMatchObject({
      reason: 'already_running',
    });
    expect(desk.gate.data('command.result').map(({ reason }) => reason)).toEqual([
      'unknown_epoch',
      'nothing_there',
      undefined,
      'already_running',
    ]);
  });
});
