/**
 * The schema `gatepost`, step by step. A step that was published is never changed; new ones are appended.
 *
 * `received` has a short line for each number of each epoch, for as long as anybody wants to check a chain: it is what
 * makes an event come once. `event` has what the events say, in a partition for each month, which may be dropped.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE gatepost.gate (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site text NOT NULL,
    gate text NOT NULL,
    UNIQUE (site, gate)
  );

  CREATE TABLE gatepost.received (
    gate_id int NOT NULL REFERENCES gatepost.gate,
    epoch uuid NOT NULL,
    sequence bigint NOT NULL,
    id uuid NOT NULL,
    hash bytea,
    prevhash bytea NOT NULL,
    boot uuid,
    recorded_ms double precision,
    is_unsynced boolean NOT NULL,
    is_unsound boolean NOT NULL,
    is_live boolean NOT NULL,
    about_log jsonb,
    hour timestamptz NOT NULL,
    PRIMARY KEY (gate_id, epoch, sequence)
  );

  CREATE TABLE gatepost.event (
    gate_id int NOT NULL,
    epoch uuid NOT NULL,
    sequence bigint NOT NULL,
    hour timestamptz NOT NULL,
    happened timestamptz NOT NULL,
    recorded timestamptz,
    arrived timestamptz NOT NULL DEFAULT clock_timestamp(),
    name text NOT NULL,
    subject text,
    access_point text,
    reason text,
    pass_id text,
    holder_ref text,
    passage text,
    body jsonb NOT NULL,
    PRIMARY KEY (gate_id, epoch, sequence, hour)
  ) PARTITION BY RANGE (hour);
  CREATE TABLE gatepost.event_other PARTITION OF gatepost.event DEFAULT;
  CREATE INDEX event_of_gate ON gatepost.event (gate_id, happened);
  CREATE INDEX event_of_name ON gatepost.event (name, happened);
  CREATE INDEX event_of_holder ON gatepost.event (holder_ref, happened) WHERE holder_ref IS NOT NULL;
  CREATE INDEX event_of_pass ON gatepost.event (pass_id, happened) WHERE pass_id IS NOT NULL;
  CREATE INDEX event_of_passage ON gatepost.event (passage) WHERE passage IS NOT NULL;

  CREATE TABLE gatepost.aside (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    arrived timestamptz NOT NULL DEFAULT clock_timestamp(),
    gate_id int NOT NULL REFERENCES gatepost.gate,
    topic text NOT NULL,
    epoch uuid,
    sequence bigint,
    reason text NOT NULL,
    size int NOT NULL,
    digest bytea NOT NULL,
    beginning bytea NOT NULL,
    UNIQUE (gate_id, digest)
  );

  CREATE TABLE gatepost.feed (
    gate_id int PRIMARY KEY REFERENCES gatepost.gate,
    state jsonb NOT NULL,
    saved timestamptz NOT NULL
  );

  CREATE TABLE gatepost.alarm (
    gate_id int NOT NULL REFERENCES gatepost.gate,
    alarm text NOT NULL,
    since timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (gate_id, alarm)
  );

  CREATE TABLE gatepost.checkpoint (
    gate_id int NOT NULL REFERENCES gatepost.gate,
    epoch uuid NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    arrived timestamptz NOT NULL DEFAULT clock_timestamp(),
    note text NOT NULL,
    verdict text NOT NULL,
    cosigned text,
    place jsonb,
    PRIMARY KEY (gate_id, epoch, size, root)
  );
  `,
];
