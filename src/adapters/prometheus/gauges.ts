import type { Gauge, Registry } from 'prom-client';

/** prom-client, which is loaded only where there are metrics. */
export type PromClient = typeof import('prom-client');

/** Help and labels of what is read at a scrape. */
const GAUGES = {
  gatepost_info: ['Version of the program, and which gate it is.', 'version', 'site', 'gate'],
  gatepost_ready: ['Whether the gate can let people through, as /healthz says it.'],
  gatepost_log_writable: ['Whether the log can be written. Without it nothing opens.'],
  gatepost_clock_quality: ['How far the wall clock can be believed.', 'quality'],
  gatepost_clock_timestamp_seconds: ['The wall clock of the gate, Unix time.'],
  gatepost_people_inside: ['How many people are inside by the count of this gate.'],
  gatepost_people_waiting: ['How many people wait for a guard.'],
  gatepost_guard_there: ["Whether a signed-in guard's page is open."],
  gatepost_attention_items: ['What no guard has marked as seen, by kind; never duress.', 'kind'],
  gatepost_backup_due: ['Whether a new backup should be made.'],
  gatepost_backup_timestamp_seconds: ['When the state in the last backup was, Unix time.'],
  gatepost_door_mode: ['Mode of the door.', 'door', 'mode'],
  gatepost_door_alarm: ['Alarm of the door.', 'door', 'alarm'],
  gatepost_door_open: ['Whether the door stands open; absent while its contact does not say.', 'door'],
  gatepost_door_tamper: ['Whether the lid is open; absent without a tamper switch.', 'door'],
  gatepost_door_fire: ['Whether the fire alarm has opened the door; absent without a fire contact.', 'door'],
  gatepost_access_point_enabled: ['Whether it is in service.', 'access_point', 'door', 'direction'],
  gatepost_device_status: ['State of each device.', 'device', 'role', 'status'],
  gatepost_scanner_dropped_codes: ['Codes since the start that came too late to count.', 'device'],
  gatepost_list_state: ['State of each signed list.', 'list', 'state'],
  gatepost_broker_connected: ['Whether the broker is connected and takes events.'],
  gatepost_queue_events: ['Events that the broker has not stored yet.'],
  gatepost_queue_oldest_age_seconds: ['How long the oldest of them waits.'],
  gatepost_server_lag_events: ['Events that a server lacks, by its last receipt.', 'server'],
  gatepost_server_lag_seconds: ['How long ago the oldest of them happened.', 'server'],
  gatepost_server_late: ['Whether that is longer than the site allows.', 'server'],
  gatepost_log_damaged: ['Whether the database was found damaged. It is not written to any more then.'],
  gatepost_disk_free_bytes: ['Free room on the disk of the store.'],
  gatepost_disk_size_bytes: ['Size of that disk.'],
  gatepost_database_bytes: ['Size of the database.'],
  gatepost_database_wal_bytes: ['Size of its write-ahead file.'],
  gatepost_checkpoint_timestamp_seconds: [
    'When the newest checkpoint of the log was signed, Unix time; absent before the first of this run.',
  ],
  gatepost_checkpoint_uncovered_events: ['Events that no checkpoint covers yet.'],
  gatepost_check_timestamp_seconds: ['When the store was last looked through, Unix time.', 'kind'],
  gatepost_certificate_end_timestamp_seconds: [
    'When a certificate of this gate ends, for a broker or of its screens, Unix time.',
    'file',
  ],
  gatepost_purge_late_events: ['Rows that should have lost a part three hours ago and have it.', 'part'],
} as const satisfies Record<string, readonly [help: string, ...labels: string[]]>;

type GaugeName = keyof typeof GAUGES;
type Labels = Readonly<Record<string, string>>;

/** What is read at a scrape. */
export class Gauges {
  readonly #gauges = new Map<GaugeName, Gauge>();

  constructor(prom: PromClient, registry: Registry) {
    for (const [name, [help, ...labelNames]] of entries())
      this.#gauges.set(name, new prom.Gauge({ name, help, labelNames, registers: [registry] }));
  }

  /** What is not told again is unknown from now on. */
  forget(): void {
    for (const [name, [, ...labels]] of entries()) {
      this.#gauges.get(name)?.reset();
      // Without labels, resetting means 0.
      if (labels.length === 0) this.#gauges.get(name)?.remove();
    }
  }

  /** A value that is not known is left out. */
  set(name: GaugeName, value: number | boolean | undefined, labels: Labels = {}): void {
    if (value !== undefined) this.#gauges.get(name)?.set(labels, Number(value));
  }

  /** One figure for each word of a closed set: 1 for the one that is true now. */
  setOneOf(
    name: GaugeName,
    {
      words,
      now,
      label,
    }: { readonly words: readonly string[]; readonly now: string; readonly label: string },
    labels: Labels = {},
  ): void {
    for (const word of words) this.set(name, word === now, { ...labels, [label]: word });
  }
}

function entries(): [GaugeName, readonly [help: string, ...labels: string[]]][] {
  return Object.entries(GAUGES) as ReturnType<typeof entries>;
}
