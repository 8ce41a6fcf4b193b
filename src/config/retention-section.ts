import { z } from 'zod';

/** The section `retention`: how long the kiosk keeps what it knows about people. */

/** Each duration with its default, its longest value, and what it is about. */
const DURATIONS = {
  screeningHours: [
    72,
    2160,
    'The outcome of a screening, in the row of its passage (never longer than that row); then counts alone.',
  ],
  accessDays: [
    14,
    366,
    'What a row about a passage says of the person. Then type, reason, gate and hour are left. Also the shortest time in the ledger of passages.',
  ],
  reducedDays: [90, 1100, 'What is left of a row, counted from when it was written; then the row ends.'],
  operatorDays: [180, 1100, 'Actions of operators, configuration and alarms; then the rows end.'],
  visitorDays: [14, 366, 'Lines of the visitors’ book, after the end of the visit.'],
  vehicleDays: [
    14,
    366,
    'Lines of the register of vehicles, after they left or, where nobody noted that, came.',
  ],
  deliveryDays: [14, 366, 'Lines of the register of couriers, in the same way.'],
  orderDays: [
    14,
    366,
    'Standing orders that were given at this gate, after their end; reports of observation.',
  ],
  countDays: [366, 3660, 'The numbers of a day.'],
} as const;

/** Nothing is kept for less, in the unit of its name. */
const SHORTEST = 1;

type DurationName = keyof typeof DURATIONS;

const NAMES = Object.keys(DURATIONS) as readonly DurationName[];

function duration(name: DurationName): z.ZodDefault<z.ZodNumber> {
  const [normal, longest, about] = DURATIONS[name];
  return z.number().int().min(SHORTEST).max(longest).default(normal).describe(about);
}

export const retention = z.strictObject({
  screeningHours: duration('screeningHours'),
  accessDays: duration('accessDays'),
  reducedDays: duration('reducedDays'),
  operatorDays: duration('operatorDays'),
  visitorDays: duration('visitorDays'),
  vehicleDays: duration('vehicleDays'),
  deliveryDays: duration('deliveryDays'),
  orderDays: duration('orderDays'),
  countDays: duration('countDays'),
});

export type Retention = z.output<typeof retention>;

/** The shortest and the longest that a config may say. */
export const RETENTION_BOUNDS: Readonly<Record<'shortest' | 'longest', Retention>> = {
  shortest: each(() => SHORTEST),
  longest: each((name) => DURATIONS[name][1]),
};

function each(value: (name: DurationName) => number): Retention {
  const [screeningHours, accessDays, reducedDays] = [
    value('screeningHours'),
    value('accessDays'),
    value('reducedDays'),
  ];
  const [operatorDays, visitorDays] = [value('operatorDays'), value('visitorDays')];
  const [vehicleDays, deliveryDays] = [value('vehicleDays'), value('deliveryDays')];
  const [orderDays, countDays] = [value('orderDays'), value('countDays')];
  return {
    ...{ screeningHours, accessDays, reducedDays, operatorDays },
    ...{ visitorDays, vehicleDays, deliveryDays, orderDays, countDays },
  };
}

/** Durations that contradict each other, with the key to blame. */
export function retentionConflicts({ accessDays, reducedDays }: Retention): {
  readonly path: readonly string[];
  readonly message: string;
}[] {
  if (reducedDays >= accessDays) return [];
  const message = `is ${reducedDays}, but rows are reduced only after \`accessDays: ${accessDays}\`; they cannot end before that`;
  return [{ path: ['retention', 'reducedDays'], message }];
}

/** Durations that are longer than the contract allows without a reason. */
export function retentionWarnings(kept: Retention): string[] {
  return NAMES.filter((name) => kept[name] > DURATIONS[name][0]).map(
    (name) =>
      `retention.${name}: ${kept[name]} is longer than ${DURATIONS[name][0]}: have a legal ground for it.`,
  );
}
