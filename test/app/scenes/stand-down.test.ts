import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { endCheckpoint } from '../../../src/cli/site/end-checkpoint.ts';
import { CHAIN_START, verifyChain } from '../../../src/core/events/chain.ts';
import { isReportSigned, reportDigest } from '../../../src/core/report/deletion-report.ts';
import { RuleGate, SITE } from '../../support/gate/rule-gate.ts';
import { Scene, siteMs } from '../../support/gate/scene.ts';
import { courtKeys, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';
import { SilentLogger } from '../../support/silent-logger.ts';

const HOUSE_12 = 'a1b2c3d4e5f6';

it('the checkpoint goes: a last report, everything about people and every key erased, nothing starts again', async () => {
  const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
  const { gate, folder } = court;
  const file = (name: string): string => join(folder, name);
  const wang = court.person({ holderRef: HOUSE_12 });
  const visitor = court.person({ kind: 'visitor' });
  const { passId = '' } = visitor.card;

  // Six days of a checkpoint.
  gate.store.operators.put({ name: 'Chen Guifang', passwordHash: 'scrypt$secret', role: 'guard' });
  expect(await gate.lists.receive({ bytes: courtKeys(), source: 'usb' })).toMatchObject({
    status: 'applied',
  });
  writeFileSync(file('demo-office.pem'), 'a key');
  writeFileSync(file('plan-of-the-court.txt'), 'not ours');
  for (let day = 1; day <= 6; day++) {
    await court.at(`2020-03-0${day} 09:00`);
    await wang.goesOut();
    await wang.comesIn();
  }
  gate.desk.give({
    type: 'visitor',
    ...court.guard('Rang at the gate'),
    passId,
    label: 'Mr Liu, plumber',
    untilMs: siteMs('2020-03-06 20:00'),
  });
  gate.desk.give({
    type: 'order',
    ...court.guard('Came by train'),
    kind: 'quarantine',
    subject: { holderRef: HOUSE_12 },
  });
  await wang.goesOut();

  await court.at('2020-03-07 08:00');
  const before = gate.store.outbox.position();
  const config = {
    site: { id: SITE, name: 'Willow Court', timeZone: 'Asia/Shanghai' },
    gate: { id: 'north', name: 'North gate' },
    store: { folder },
  };
  const end = () => endCheckpoint(config, new SilentLogger(), gate.clock);
  expect(end).toThrow(/already uses this store/);
  await gate.stop();
  const { report: text, path } = end();

  // The report: numbers and where the log ended, signed by a key that is no more.
  const signed = JSON.parse(text);
  expect(readFileSync(path, 'utf8')).toBe(text);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(isReportSigned(signed)).toBe(true);
  expect(isReportSigned({ ...signed, report: { ...signed.report, site: 'elsewhere' } })).toBe(false);
  expect(signed.report).toMatchObject({
    site: SITE,
    gate: 'north',
    endedAt: '2020-03-07T00:00:00.000Z',
    // Two rows more: the gate signs a last checkpoint and says that it stops.
    log: { epoch: before.epoch, lastSequence: before.lastSequence + 2 },
    erased: { passages: 9, visitors: 1, orders: 1, operators: 1, lists: 1, holders: 0 },
  });
  expect(signed.report.days).toHaveLength(6);
  expect(signed.report.days[0].counts).toEqual([
    { accessPoint: 'main-in', direction: 'in', counted: 'granted', of: 'resident', count: '<5' },
    { accessPoint: 'main-out', direction: 'out', counted: 'granted', of: 'resident', count: '<5' },
  ]);

  // Nothing about anybody is left in any file, and the log still proves that it is whole.
  const kept = readdirSync(folder);
  expect(kept).toContain('plan-of-the-court.txt');
  expect(kept.filter((name) => name.endsWith('.pem'))).toEqual([]);
  expect(existsSync(file('bundles'))).toBe(false);
  // The reserve is random bytes.
  for (const name of kept.filter((one) => one !== 'reserve')) {
    const bytes = readFileSync(file(name)).toString('latin1');
    for (const trace of [HOUSE_12, passId, wang.card.passId ?? '', 'Liu', 'chen', 'Chen', 'train'])
      expect([name, trace, bytes.includes(trace)]).toEqual([name, trace, false]);
  }
  const log = openReadOnly(folder);
  const head = log.head();
  expect(
    verifyChain(log.rows(), { after: CHAIN_START, cover: log.cover(), ...(head && { last: head }) }),
  ).toMatchObject({
    status: 'intact',
    rows: before.lastSequence + 2 + 1,
    erased: signed.report.erased.events,
  });
  const [last] = log.newest(1);
  expect(last?.name).toBe('site.stooddown');
  expect(JSON.parse(new TextDecoder().decode(last?.body)).data).toEqual({
    reportDigest: reportDigest(signed.report),
    publicKey: signed.publicKey,
    erased: signed.report.erased,
  });
  log.close();

  // Nothing starts on this store again; whoever asks once more gets the same report.
  await expect(RuleGate.start(folder, gate.clock, WITHOUT_THERMOMETER)).rejects.toThrow(
    /was ended on 2020-03-07/,
  );
  expect(end().report).toBe(text);
});
