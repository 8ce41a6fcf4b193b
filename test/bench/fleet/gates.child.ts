import { FleetGate } from './fleet-gate.ts';
import type { FleetGateName, LeftOfLog } from './left-of-log.ts';

/** What the process that runs a part of the fleet is told. */
export type FleetOrder =
  | {
      readonly order: 'start';
      readonly url: string;
      readonly folder: string;
      readonly gates: readonly FleetGateName[];
    }
  | { readonly order: 'peak'; readonly passages: number; readonly seconds: number }
  | { readonly order: 'count' }
  | { readonly order: 'purge' }
  | { readonly order: 'tell' }
  | { readonly order: 'stop' };

/** What it answers. `rows`: in the logs of all its gates; `left`: what each of them has, if that was asked for. */
export interface FleetAnswer {
  readonly done: FleetOrder['order'];
  readonly rows: number;
  readonly left: readonly LeftOfLog[];
}

let gates: FleetGate[] = [];

async function carryOut(order: FleetOrder): Promise<Omit<FleetAnswer, 'done'>> {
  if (order.order === 'start') {
    gates = order.gates.map((name) => new FleetGate(name, order));
    // One after the other: a district does not start at once.
    for (const gate of gates) await gate.start();
  }
  if (order.order === 'peak') await peak(order.passages, order.seconds * 1000);
  if (order.order === 'purge') for (const gate of gates) await gate.purge();
  const left = order.order === 'tell' ? gates.map((gate) => gate.left()) : [];
  const rows = gates.reduce((sum, gate) => sum + gate.rows, 0);
  if (order.order === 'stop') for (const gate of gates) await gate.stop();
  return { rows, left };
}

/** People come at each gate in equal pauses, and at each at other moments. */
function peak(passages: number, lengthMs: number): Promise<void> {
  for (const [at, gate] of gates.entries())
    for (let person = 0; person < passages; person += 1)
      setTimeout(() => gate.passage(), ((person + at / gates.length) * lengthMs) / passages);
  return new Promise((resolve) => setTimeout(resolve, lengthMs + 3000));
}

process.on('message', (order: FleetOrder) => {
  void carryOut(order).then((answer) => {
    process.send?.({ done: order.order, ...answer } satisfies FleetAnswer, () => {
      if (order.order === 'stop') process.exit(0);
    });
  });
});
