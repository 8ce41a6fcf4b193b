/** What is still open when a shift ends, as numbers: who and what it is stands on the guard's screen. */
export const OPEN_POINTS = ['waiting', 'calls', 'alarms', 'devices', 'orders', 'visitors'] as const;
export type OpenPoints = Readonly<Record<(typeof OPEN_POINTS)[number], number>>;

/** Who is on duty at the gate, and what was handed over and not taken yet. Times are Unix milliseconds. */
export interface Shift {
  readonly onDuty?: { readonly operator: string; readonly sinceMs: number };
  readonly handedOver?: {
    readonly by: string;
    readonly atMs: number;
    readonly note: string;
    readonly open: OpenPoints;
  };
}

export const NO_SHIFT: Shift = {};

interface Step {
  readonly operator: string;
  readonly nowMs: number;
}

/**
 * The shift is handed over; whoever had it stays on duty until somebody has taken it. What was handed over and not taken
 * is replaced.
 */
export function handOver(
  shift: Shift,
  { operator, nowMs, note, open }: Step & { readonly note: string; readonly open: OpenPoints },
): Shift {
  return { ...shift, handedOver: { by: operator, atMs: nowMs, note, open } };
}

/** Somebody takes the shift, handed over or not; undefined if it is theirs already and nothing was handed over. */
export function takeOver(shift: Shift, { operator, nowMs }: Step): Shift | undefined {
  if (shift.handedOver === undefined && shift.onDuty?.operator === operator) return undefined;
  const goesOn = shift.onDuty?.operator === operator ? shift.onDuty.sinceMs : nowMs;
  return { onDuty: { operator, sinceMs: goesOn } };
}

/** What the gate shows of itself, as far as it can be open at the end of a shift. */
interface Shown {
  readonly passages: readonly { readonly feedback: string }[];
  readonly attention: readonly { readonly kind: string; readonly over?: true }[];
  readonly devices: readonly { readonly status: string }[];
  /** Those that end today. */
  readonly orders: readonly unknown[];
  /** Visitors, vehicles and couriers that have not left. */
  readonly notLeft: number;
}

/**
 * People who wait for the guard and calls that ring, alarms that nobody has marked as seen, devices that are down, orders
 * that end today, and who is in the registers and has not left.
 */
export function openPoints({ passages, attention, devices, orders, notLeft }: Shown): OpenPoints {
  const calls = attention.filter(({ kind, over }) => kind === 'assist' && over !== true).length;
  return {
    waiting: passages.filter(({ feedback }) => feedback === 'GuardCalled').length,
    calls,
    alarms: attention.length - calls,
    devices: devices.filter(({ status }) => status !== 'ok').length,
    orders: orders.length,
    visitors: notLeft,
  };
}
