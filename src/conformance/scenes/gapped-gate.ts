import type { HostileGate } from '../hostile-gate.ts';
import type { SentRow } from '../hostile-log.ts';
import type { Kit } from '../kit.ts';
import type { ReplayRequest } from '../server-messages.ts';

/** Heading of the contract. */
export const CLOSING = 'how-a-server-closes-a-gap';
export const ASKED_ONCE =
  'Ask for each gap once: one `replay` from its first to its last number, with a response topic and correlation data of its own.';

/** A gate of which the numbers from `from` to `to` were written and never came. */
export async function gapped(
  kit: Kit,
  id: string,
  from: number,
  to: number,
  onReplay?: HostileGate['onReplay'],
): Promise<HostileGate> {
  const gate = await kit.gate(id);
  if (onReplay !== undefined) gate.onReplay = onReplay;
  await gate.tell('init');
  const rows = [gate.begin(), ...gate.writeMany(to + 1)];
  await gate.send(rows.filter(({ sequence }) => sequence < from || sequence > to));
  return gate;
}

/** The rows from `from` to `to`, as far as there are any. */
export function gateRows(gate: HostileGate, from: number, to: number): readonly SentRow[] {
  return Array.from({ length: to - from + 1 }, (_, at) => gate.row(from + at)).filter(
    (row) => row !== undefined,
  );
}

/** What was asked for, in words. */
export const said = (requests: readonly ReplayRequest[]): string =>
  `it sent ${JSON.stringify(requests.map(({ wanted, refusal, counter }) => ({ ...wanted, refusal, counter })))}`;
