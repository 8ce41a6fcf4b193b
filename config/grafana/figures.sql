-- What the dashboard reads: figures of gates, doors and devices. No pass, household, name, account or note is in them,
-- and the role gatepost_figures may read nothing else.
--
-- For PostgreSQL 14 or later, by a superuser, in the database of `gatepost watch`; again after every update of Gatepost:
--   psql --single-transaction --set ON_ERROR_STOP=1 --file figures.sql DATABASE

DROP SCHEMA IF EXISTS gatepost_figures CASCADE;
CREATE SCHEMA gatepost_figures;

-- A word of the contract; null where the member is anything longer, such as a sentence.
CREATE FUNCTION gatepost_figures.word(data jsonb, member text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN substring(data->>member FROM '^[A-Za-z0-9:._-]{1,64}$');

CREATE VIEW gatepost_figures.gate WITH (security_barrier) AS
SELECT site, site || '/' || gate AS gate FROM gatepost.gate;

-- Events of passages, doors, devices and orders, without whom they are about and who acted. Duress is not among them.
CREATE VIEW gatepost_figures.event WITH (security_barrier) AS
SELECT
  gate.site,
  gate.site || '/' || gate.gate AS gate,
  event.hour,
  event.happened,
  event.sequence,
  event.name,
  gatepost_figures.word(data, 'accessPoint') AS access_point,
  gatepost_figures.word(data, 'door') AS door,
  gatepost_figures.word(data, 'device') AS device,
  gatepost_figures.word(data, 'direction') AS direction,
  gatepost_figures.word(data, 'reason') AS reason,
  gatepost_figures.word(data, 'action') AS action,
  CASE WHEN event.name = 'operator.override' THEN
    CASE data->>'operator' WHEN 'server' THEN 'centre' WHEN 'homeassistant' THEN 'Home Assistant' ELSE 'guard' END
  END AS by_whom,
  -- What door, device or gate is in since then.
  CASE event.name
    WHEN 'door.mode' THEN gatepost_figures.word(data, 'mode')
    WHEN 'door.alarm' THEN gatepost_figures.word(data, 'alarm')
    WHEN 'door.tamper' THEN gatepost_figures.word(data, 'tamper')
    WHEN 'site.order' THEN gatepost_figures.word(data, 'order')
    ELSE gatepost_figures.word(data, 'status')
  END AS state,
  gatepost_figures.word(data, 'cause') AS cause,
  gatepost_figures.word(data, 'until') AS until,
  gatepost_figures.word(data, 'waits') AS waits,
  -- Rows that are counted together stand for so many.
  CASE jsonb_typeof(data->'counted')
    WHEN 'number' THEN least(greatest((data->>'counted')::numeric, 1), 1000000000)::bigint
    ELSE 1
  END AS times,
  -- Not of what was sent again, and not of reduced rows, of which only the hour is left.
  CASE WHEN received.is_live AND event.recorded IS NOT NULL
    THEN extract(epoch FROM event.arrived - event.happened)::float8
  END AS lag_seconds
FROM gatepost.event
JOIN gatepost.gate ON gate.id = event.gate_id
LEFT JOIN gatepost.received USING (gate_id, epoch, sequence)
CROSS JOIN LATERAL (SELECT event.body->'data') AS inside (data)
WHERE event.name IN (
    'access.granted', 'access.denied', 'access.nottaken', 'access.timeout', 'door.mode', 'door.alarm', 'door.tamper',
    'door.fault', 'screening.sensor', 'device.scanner', 'device.storage', 'device.started', 'site.order')
  OR (event.name = 'operator.override' AND data->>'action' IN ('open', 'hold', 'unlock'));

-- The epochs of each gate as `gatepost watch` judges them, with the newest event of each and what is missing.
CREATE VIEW gatepost_figures.epoch WITH (security_barrier) AS
SELECT
  gate.site,
  gate.site || '/' || gate.gate AS gate,
  (epoch.value->>'epoch')::uuid AS epoch,
  epoch.place = (
    SELECT one.place FROM jsonb_array_elements(feed.state->'epochs') WITH ORDINALITY AS one (value, place)
    WHERE NOT EXISTS (
      SELECT FROM jsonb_array_elements(feed.state->'epochs') AS later
      WHERE later->>'previous' = one.value->>'epoch')
    ORDER BY one.value->>'epoch' = feed.state->>'present' DESC, one.place DESC LIMIT 1
  ) AS is_present,
  (epoch.value->>'isUnsynced')::boolean AS is_unsynced,
  came.last,
  newest.arrived,
  lacking.ranges AS missing,
  (SELECT coalesce(sum(upper(one) - lower(one)), 0)::bigint FROM unnest(lacking.ranges) AS one) AS events_missing
FROM gatepost.feed
JOIN gatepost.gate ON gate.id = feed.gate_id
CROSS JOIN LATERAL jsonb_array_elements(feed.state->'epochs') WITH ORDINALITY AS epoch (value, place)
CROSS JOIN LATERAL (
  SELECT coalesce(range_agg(piece), '{}') AS ranges, max(upper(piece)) - 1 AS last
  FROM (
    SELECT int8range((one->>'first')::bigint, (one->>'last')::bigint, '[]')
    FROM jsonb_array_elements(epoch.value->'held') AS one
    UNION ALL
    SELECT int8range((one->>0)::bigint, (one->>1)::bigint, '[]')
    FROM jsonb_array_elements(epoch.value->'aside') AS one
  ) AS pieces (piece)
) AS came
CROSS JOIN LATERAL (
  SELECT coalesce(range_agg(int8range((one->>0)::bigint, (one->>1)::bigint, '[]')), '{}') AS ranges
  FROM jsonb_array_elements((epoch.value->'purged') || (epoch.value->'altered')) AS one
) AS gone
CROSS JOIN LATERAL (
  SELECT CASE WHEN first_wanted = 0 THEN '{}'::int8multirange ELSE
    int8multirange(int8range(first_wanted, greatest(came.last, known_end, first_wanted - 1) + 1)) - came.ranges - gone.ranges
  END AS ranges
  FROM (SELECT (epoch.value->>'begin')::bigint, (epoch.value->>'end')::bigint) AS bounds (first_wanted, known_end)
) AS lacking
LEFT JOIN LATERAL (
  SELECT event.arrived FROM gatepost.event
  WHERE event.gate_id = feed.gate_id AND event.epoch = (epoch.value->>'epoch')::uuid
  ORDER BY event.sequence DESC LIMIT 1
) AS newest ON true;

CREATE VIEW gatepost_figures.alarm WITH (security_barrier) AS
SELECT gate.site, gate.site || '/' || gate.gate AS gate, alarm.alarm, alarm.since
FROM gatepost.alarm JOIN gatepost.gate ON gate.id = alarm.gate_id
UNION ALL
SELECT site, gate, 'unsynced-clock', NULL FROM gatepost_figures.epoch WHERE is_present AND is_unsynced;

CREATE VIEW gatepost_figures.aside WITH (security_barrier) AS
SELECT gate.site, gate.site || '/' || gate.gate AS gate, aside.arrived, aside.reason, aside.size
FROM gatepost.aside JOIN gatepost.gate ON gate.id = aside.gate_id;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gatepost_figures') THEN
    CREATE ROLE gatepost_figures LOGIN;
  END IF;
END
$$;
ALTER ROLE gatepost_figures SET default_transaction_read_only = on;
ALTER ROLE gatepost_figures SET statement_timeout = '30s';
-- Compiling the small questions of a dashboard takes a second each, and saves nothing.
ALTER ROLE gatepost_figures SET jit = off;
GRANT USAGE ON SCHEMA gatepost_figures TO gatepost_figures;
GRANT SELECT ON ALL TABLES IN SCHEMA gatepost_figures TO gatepost_figures;
