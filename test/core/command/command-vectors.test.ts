import { describe, expect, it } from 'vitest';
import type { TimeQuality } from '../../../src/core/access/vocabulary.ts';
import type { ListedKey } from '../../../src/core/bundle/trust-content.ts';
import { type CommandContext, judgeCommand } from '../../../src/core/command/judge-command.ts';
import { readCommand } from '../../../src/core/command/read-command.ts';
import { COMMAND_REFUSALS } from '../../../src/core/contract/commands.ts';
import vectors from '../../data/command.json' with { type: 'json' };

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));
const keys = vectors.keys.map(
  ({ public_hex, verbs }, index): ListedKey => ({
    publicKey: bytes(public_hex),
    name: `Test ${index + 1}`,
    use: 'command',
    status: 'active',
    verbs,
  }),
);

function outcome(hex: string, now: number, quality: TimeQuality): string {
  const reading = readCommand(bytes(hex));
  if (reading.status === 'refused') return reading.refusal;
  const context: CommandContext = {
    site: vectors.site,
    gate: vectors.gate,
    keys,
    clock: { wallMs: now * 1000 + 999, monotonicMs: 0, quality },
    lastCounter: (key) => (key === keys[0] ? vectors.lastCounter : 0),
    goodFromMs: vectors.logBegan * 1000,
  };
  const judged = judgeCommand(reading.read, context);
  return judged.status === 'accepted' ? 'accepted' : judged.refusal;
}

/** Made with another language and another CBOR encoder. */
describe('vectors of signed commands', () => {
  it.each(vectors.vectors)('$name: $expect', ({ hex, now, quality = 'synced', expect: expected }) => {
    expect(outcome(hex, now, quality as TimeQuality)).toBe(expected);
  });

  it('name every refusal but those of the topic', () => {
    const said = new Set(vectors.vectors.map(({ expect: expected }) => expected));
    const ofTopics = ['retained', 'wrong_topic', 'response_topic', 'older_than_end', 'four_eyes'];
    expect(COMMAND_REFUSALS.filter((one) => !said.has(one)).sort()).toEqual(ofTopics.sort());
  });
});
