import type { RetentionSettings } from '../../../src/app/log/retention.ts';

const DAY_MS = 86_400_000;

/** How long a gate keeps what, by the defaults of the config. */
export const KEPT: RetentionSettings = {
  screeningMs: 3 * DAY_MS,
  accessMs: 14 * DAY_MS,
  reducedMs: 90 * DAY_MS,
  operatorMs: 180 * DAY_MS,
  visitMs: 14 * DAY_MS,
  vehicleMs: 14 * DAY_MS,
  deliveryMs: 14 * DAY_MS,
  orderMs: 14 * DAY_MS,
};
/** How long it keeps the counts of a day, in days. */
export const COUNT_DAYS = 366;
