import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FeedDatabase } from '../../../src/adapters/postgres/feed-database.ts';
import { GateFeed } from '../../../src/core/feed/gate-feed.ts';
import type { Range } from '../../../src/core/feed/ranges.ts';
import { readEvent } from '../../../src/core/feed/read-event.ts';
import type { Arrival } from '../../../src/ports/feed-store.ts';
import { packageRoot } from '../../../src/version.ts';
import { FeedLog } from '../../support/broker/feed-log.ts';
import { everyEvent } from '../../support/gate/all-events.ts';
import { accessGranted, SAMPLE_ACCESS, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';
import { needs } from '../../support/needs.ts';
import { TestPostgres } from '../../support/store/test-postgres.ts';

interface Target {
  readonly rawSql: string;
  readonly format: 'table' | 'time_series';
}

interface Dashboard {
  readonly panels: readonly { readonly id: number; readonly title: string; readonly targets?: Target[] }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: string }[];
  };
}

const FOLDER = join(packageRoot(), 'config/grafana');
const TEXT = readFileSync(join(FOLDER, 'dashboard.json'), 'utf8');
const DASHBOARD: Dashboard = JSON.parse(TEXT);
const TARGETS = DASHBOARD.panels.flatMap(({ title, targets = [] }) =>
  targets.map((target) => ({ title, ...target })),
);

const [FROM, TO] = ['2020-02-24T00:00:00Z', '2100-01-01T00:00:00Z'];
const GATES = ['willow-court/north', 'willow-court/south'];

/** The SQL that Grafana makes of that of a panel. */
function plain(raw: string, gates: readonly string[]): string {
  const listed = gates.map((gate) => `'${gate}'`).join(',');
  return raw
    .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 BETWEEN '${FROM}' AND '${TO}'`)
    .replaceAll(
      /\$__timeGroupAlias\((\w+), \$__interval\)/g,
      'floor(extract(epoch from $1)/300)*300 AS "time"',
    )
    .replaceAll('$__timeFrom()', `'${FROM}'`)
    .replaceAll('$__timeTo()', `'${TO}'`)
    .replaceAll(`\${__timezone}`, 'Asia/Shanghai')
    .replaceAll(`\${step}`, 'day')
    .replaceAll(`\${site:sqlstring}`, "'willow-court'")
    .replaceAll(`\${gate:sqlstring}`, listed);
}

/** What is about a person in the samples of all events. */
const PERSONAL =
  /00112233aabbccdd|a1b2c3d4e5f6|0a1b2c3d4e5f|chen|root|passage-\d|resident|Ambulance|Drill|house|37\.9|duress|quarantine/;

it('has panels with ids and titles of their own, and one data source that is chosen', () => {
  const ids = DASHBOARD.panels.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const titles = DASHBOARD.panels.map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  const sources = new Set<string>();
  JSON.parse(TEXT, (name, value) => {
    if (name === 'datasource') sources.add(JSON.stringify(value));
    return value;
  });
  expect([...sources]).toEqual([`{"type":"grafana-postgresql-datasource","uid":"\${datasource}"}`]);
  expect(DASHBOARD.templating.list.map(({ name }) => name)).toEqual(['datasource', 'site', 'gate', 'step']);
  expect(TARGETS.length).toBeGreaterThan(15);
  for (const { rawSql } of TARGETS) expect(rawSql).toMatch(/\$\{gate:sqlstring\}/);
});

needs('postgres')('the dashboard of a district', () => {
  let postgres: TestPostgres;
  let reader: Sql;
  const feeds = new Map<string, GateFeed>();

  beforeAll(async () => {
    postgres = await TestPostgres.start();
    const url = await postgres.database();
    const database = new FeedDatabase(url);
    await database.start(() => undefined);
    // Everything that a gate can write, a second apart; and a gate of which two events never came, and one came
    // reduced.
    const north = new FeedLog({ name: 'north', gate: 'north' });
    for (const [at, draft] of everyEvent().entries())
      north.append({ ...draft, timeMs: SAMPLE_TIME_MS + at * 1000 });
    const south = new FeedLog({ name: 'south', gate: 'south' }).fill(5);
    const refused = {
      decision: 'Denied',
      direction: 'out',
      counted: 40,
      reason: 'gp:QuotaExceeded',
    } as const;
    south.append({
      name: 'access.denied',
      subject: 'main-in',
      data: { ...SAMPLE_ACCESS, ...refused },
      timeMs: SAMPLE_TIME_MS,
      timeQuality: 'synced',
    });
    south.append({
      name: 'operator.override',
      subject: 'main',
      data: { operator: 'server', action: 'hold', door: 'main', note: 'centre: chen' },
      timeMs: SAMPLE_TIME_MS,
      timeQuality: 'synced',
    });
    south.append(accessGranted());
    for (const [log, left] of [
      [north, []],
      [south, [3, 4]],
    ] as const) {
      const name = { site: log.site, gate: log.gate };
      const arrivals = log.rows
        .filter(({ sequence }) => !left.some((one) => one === sequence))
        .map(({ sequence, body }) => arrivalOf(log, log === south && sequence === 8 ? log.reduced(8) : body));
      await database.write([...arrivals, arrivalOf(log, Buffer.from('{"hello":'))]);
      const feed = new GateFeed('all');
      const place = { state: 'ready', epoch: log.epoch, firstSeq: 1, lastSeq: log.last };
      feed.tell({ ...place, sinceMs: SAMPLE_TIME_MS });
      for (const one of arrivals) if ('event' in one) feed.take(one.event);
      feed.setAside();
      await database.save([{ name, state: feed.state, raised: feed.takeRaised() }]);
      feeds.set(`${log.site}/${log.gate}`, feed);
    }
    await database.stop();
    const owner = postgres.connect(url);
    const figures = readFileSync(join(FOLDER, 'figures.sql'), 'utf8');
    await owner.unsafe(figures);
    await owner.unsafe(figures);
    await owner.end();
    reader = postgres.connect(url.replace('//gatepost@', '//gatepost_figures@'));
  });
  afterAll(async () => {
    await reader?.end();
    await postgres?.stop();
  });

  async function shown(title: string, gates = GATES): Promise<readonly Record<string, unknown>[]> {
    const target = TARGETS.find((one) => one.title === title);
    if (target === undefined) throw new Error(`there is no panel "${title}"`);
    return [...(await reader.unsafe(plain(target.rawSql, gates)))];
  }

  it.each(TARGETS)('runs the SQL of $title', async ({ title, rawSql, format }) => {
    const sql = plain(rawSql, GATES);
    expect(sql).not.toContain('$');
    const rows = await shown(title);
    expect(rows.length).toBeGreaterThan(0);
    if (format === 'time_series') expect(rows[0]).toHaveProperty('time');
    expect(JSON.stringify(rows)).not.toMatch(PERSONAL);
    // And with gates that nobody has heard of.
    await shown(title, ['no/gate']);
  });

  it('offers sites, and the gates of the chosen ones', async () => {
    const [sites = '', gates = ''] = DASHBOARD.templating.list
      .filter(({ type }) => type === 'query')
      .map(({ query }) => query);
    expect([...(await reader.unsafe(plain(sites, [])))]).toEqual([{ site: 'willow-court' }]);
    expect([...(await reader.unsafe(plain(gates, [])))]).toEqual(GATES.map((gate) => ({ gate })));
  });

  it('shows gates, and of each the gaps and alarms that the server believes in', async () => {
    const gaps = GATES.flatMap((gate) => {
      const feed = feeds.get(gate);
      return (feed?.view()?.epochs ?? []).flatMap((epoch) => feed?.view(epoch)?.gaps ?? []);
    });
    const missing = gaps.reduce((sum: number, [from, to]: Range) => sum + to - from + 1, 0);
    expect(gaps).toContainEqual([3, 4]);
    expect(gaps.length).toBeGreaterThan(1);
    expect(await shown('Events missing')).toEqual([{ events: missing }]);
    const byGate = await shown('Gaps by gate');
    expect(byGate.reduce((sum, row) => sum + Number(row['Events missing']), 0)).toBe(missing);
    expect(byGate).toContainEqual(
      expect.objectContaining({ Gate: 'willow-court/south', 'First missing': 3, 'Last missing': 4 }),
    );
    const alarms = GATES.flatMap((gate) =>
      (feeds.get(gate)?.view()?.alarms ?? []).map((alarm) => `${gate} ${alarm}`),
    );
    expect(alarms).toContain('willow-court/north altered');
    const told = await shown('Alarms of the feed by gate');
    expect(told.map(({ Gate, Alarm }) => `${Gate} ${Alarm}`).sort()).toEqual(alarms.sort());
    expect(await shown('Alarms of the feed')).toEqual([{ alarms: alarms.length }]);
    expect(await shown('Gates')).toEqual([{ gates: 2 }]);
    expect(await shown('Gates silent for a day')).toEqual([{ gates: 0 }]);
    const heard = await shown('Gates, the longest silent first');
    expect(heard.map((row) => [row.Gate, row['Newest event']])).toEqual([
      ['willow-court/north', everyEvent().length],
      ['willow-court/south', 8],
    ]);
    expect(heard.every((row) => row['Last heard'] instanceof Date)).toBe(true);
  });

  it('counts passages by day of the time zone, outcome, direction and reason, and openings by hand', async () => {
    const time = new Date('2020-02-23T16:00:00Z');
    expect(await shown(`Passages by \${step}, direction and outcome`)).toEqual([
      { time, metric: 'direction no longer kept, let through', passages: 1 },
      { time, metric: 'in, let through', passages: 2 },
      { time, metric: 'in, refused', passages: 2 },
      { time, metric: 'out, refused', passages: 40 },
    ]);
    expect(await shown('Refusals by reason')).toEqual([
      { Reason: 'gp:QuotaExceeded', Refusals: 40 },
      { Reason: 'CredentialExpired', Refusals: 1 },
      { Reason: 'gp:MalformedPass', Refusals: 1 },
    ]);
    expect((await shown('Passages by gate')).map((row) => Object.values(row))).toEqual([
      ['willow-court/north', 2, 2, 0, 2, 1, 1],
      ['willow-court/south', 1, 0, 0, 40, 0, 0],
    ]);
    const byHand = (await shown('Openings by hand')).map(({ Last: _, ...row }) => Object.values(row));
    expect(byHand).toEqual([
      ['willow-court/north', 'main-in', 'one person let through', 'guard', 1],
      ['willow-court/south', 'main', 'door held open', 'centre', 1],
    ]);
  });

  it('shows doors and devices that need somebody, who obeys, the lag and what was set aside', async () => {
    const series = await shown(`Doors open too long, forced, tampered with or at fault, by \${step}`);
    expect(series.map(({ metric, times }) => [metric, times])).toEqual([
      ['DoorForcedOpen', 1],
      ['TamperDetected', 1],
      ['fault: gpio.unavailable', 1],
    ]);
    const doors = await shown('Doors that need somebody');
    expect(doors.map(({ State }) => State)).toEqual(['TamperDetected', 'DoorForcedOpen']);
    expect(await shown('Devices in trouble')).toEqual([{ devices: 3 }]);
    const devices = await shown('Devices in trouble, by gate');
    expect(devices.map((row) => [row.Device, row.State, row.Cause, row['Gate started since']])).toEqual([
      ['scanner:main-in', 'degraded', 'scanner_noise', 'yes'],
      ['thermometer:main-in', 'degraded', 'sensor_silent', 'yes'],
      ['lock:main', 'missing', 'gpio.unavailable', 'yes'],
    ]);
    const modes = await shown('Doors held open, blocked or locked down');
    expect(modes.map(({ Door, Mode }) => [Door, Mode])).toEqual([['main', 'LockedDown']]);
    expect(await shown('Gates under a site order')).toEqual([{ gates: 1 }]);
    const orders = await shown('Lockdown and evacuation: what each gate does');
    expect(orders.map((row) => [row.Gate, row['Does it obey'], row['Why not'], row.Doors])).toEqual([
      ['willow-court/north', 'waits for the guard: lockdown-release', 'clock_untrusted', 'main: LockedDown'],
      ['willow-court/south', 'has taken no order that holds', null, null],
    ]);
    const [lag] = await shown('From the decision at the gate to this database');
    expect(lag).toMatchObject({ 'the slowest': expect.any(Number) });
    expect(Number(lag?.['half of them within'])).toBeGreaterThan(0);
    const aside = await shown('Set aside: what came and could not be kept');
    expect(aside.map(({ Reason, Times, Largest }) => [Reason, Times, Largest])).toEqual([
      ['not_json', 1, 9],
      ['not_json', 1, 9],
    ]);
  });

  it('reads as a role that finds nobody, and nothing but the views', async () => {
    const views = await reader<
      { view: string }[]
    >`SELECT viewname AS view FROM pg_views WHERE schemaname = 'gatepost_figures'`;
    expect(views.map(({ view }) => view).sort()).toEqual(['alarm', 'aside', 'epoch', 'event', 'gate']);
    for (const { view } of views) {
      const rows = await reader.unsafe(`SELECT * FROM gatepost_figures.${view}`);
      expect(rows.length).toBeGreaterThan(0);
      expect(JSON.stringify(rows)).not.toMatch(PERSONAL);
    }
    for (const table of ['event', 'received', 'aside', 'feed', 'checkpoint'])
      await expect(reader.unsafe(`SELECT * FROM gatepost.${table}`)).rejects.toThrow('permission denied');
    await expect(reader.unsafe('DELETE FROM gatepost_figures.gate')).rejects.toThrow(/read-only|denied/);
  });
});

function arrivalOf({ site, gate, source }: FeedLog, payload: Uint8Array): Arrival {
  const topic = `gates/v1/${site}/${gate}/evt/test`;
  return { name: { site, gate }, topic, payload, ...readEvent(payload, { source, isLive: true }) };
}
