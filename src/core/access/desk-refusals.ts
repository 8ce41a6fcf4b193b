/** Why an order of the guard's desk was not carried out; every page has its own words for each. */
export const DESK_REFUSALS = [
  // The page shows an outdated state.
  'passage_over',
  'somebody_else',
  // The order may be older than its time of arrival.
  'stood_still',
  'nobody_waits',
  'nobody_to_measure',
  'already_seen',
  'not_over',
  'no_such_place',
  // Nothing is done without a record.
  'no_note',
  'not_recorded',
  // The door and its devices.
  'door_shut',
  'not_opened',
  'lock_disobeys',
  'no_thermometer',
  'no_such_method',
  'wrong_degrees',
  'in_lockdown',
  'not_in_lockdown',
  'held_open',
  'not_held_open',
  'blocked_already',
  'not_blocked',
  'in_service_already',
  'out_of_service_already',
  'site_in_lockdown',
  'site_evacuated',
  'nothing_asked',
  'not_yours_to_end',
  'unlocked_already',
  'not_unlocked',
  // Rules.
  'no_such_level',
  'level_already',
  'no_schedule',
  'schedule_followed',
  'doors_left_behind',
  'not_a_holder',
  'wrong_period',
  'wrong_order',
  'order_over',
  'wrong_number',
  'not_locked_out',
  'nobody_calls',
  'call_answered',
  'cannot_talk',
  'records_count',
  // Visitors.
  'no_label',
  'wrong_visit',
  'not_in_book',
  'host_confirmed_already',
  'no_plate',
  'no_such_line',
  'left_already',
  'no_desk_passes',
  'not_made_here',
  'pass_too_long',
  'time_doubted',
  // Shifts.
  'on_duty_already',
  'handover_changed',
  // Days.
  'day_not_over',
  'day_reviewed',
  // Who is inside.
  'muster_on',
  'muster_over',
  // Data of a pass.
  'request_over',
] as const;

export type DeskRefusal = (typeof DESK_REFUSALS)[number];
