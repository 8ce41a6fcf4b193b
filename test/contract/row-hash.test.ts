import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sealEvent } from '../../src/core/events/envelope.ts';
import { rowClassOf } from '../../src/core/events/row-classes.ts';
import { reduceBody } from '../../src/core/events/stored-row.ts';
import { CONTRACT_FOLDER } from '../support/broker/published-contract.ts';
import { everyEvent } from '../support/gate/all-events.ts';
import { SAMPLE_TIME_MS } from '../support/gate/event-samples.ts';

/** A row as it is published, then without what is about a reading (where there is such), then reduced: one hash. */
interface Vector {
  readonly hash: string;
  readonly forms: readonly string[];
}

const FILE = join(CONTRACT_FOLDER, 'vectors/row-hashes.json');
describe('the vectors of row hashes', () => {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '{"rows":[]}';
  const { rows }: { rows: readonly Vector[] } = JSON.parse(text);

  it('are what the code makes today', () => {
    const made = `${JSON.stringify({ rows: vectors() }, null, 2)}\n`;
    if (process.env.WRITE_VECTORS === '1') writeFileSync(FILE, made);
    expect(made, 'WRITE_VECTORS=1 writes them').toBe(readFileSync(FILE, 'utf8'));
  });

  it('are hashed as the page says: each form of a row has its hash, and names that of the row before', () => {
    expect(rows.length).toBeGreaterThan(15);
    let before = '0'.repeat(64);
    for (const { hash, forms } of rows) {
      for (const form of forms) {
        expect(canonical(JSON.parse(form))).toBe(form);
        expect(hashByThePage(JSON.parse(form))).toBe(hash);
        expect(JSON.parse(form).prevhash).toBe(before);
      }
      before = hash;
    }
  });

  it('change with each member that is changed', () => {
    const [{ hash = '', forms: [whole = ''] = [] } = {}] = rows.filter(({ forms }) => forms.length === 3);
    const row = JSON.parse(whole);
    for (const member of Object.keys(row).filter(
      (name) => !['datacontenttype', 'dataschema'].includes(name),
    )) {
      const changed = {
        ...row,
        [member]: member === 'data' ? { ...row.data, kind: 'worker' } : `${row[member]}0`,
      };
      expect([member, hashByThePage(changed) === hash]).toEqual([member, false]);
    }
  });
});

function vectors(): Vector[] {
  const drafts = everyEvent();
  let prevHash = '0'.repeat(64);
  return drafts.map((draft, index) => {
    const salts = createHash('sha256')
      .update(`row ${index + 1}`)
      .digest();
    const { body, hash } = sealEvent(draft, {
      id: `0170761a-a007-7000-8000-${String(index).padStart(12, '0')}`,
      site: 'willow-court',
      gate: 'north',
      sequence: index + 1,
      epoch: '0170761a-a007-7fff-8000-000000000000',
      bootId: '7f6c8f0a-3d0b-4a37-9c0d-0f5d4a1c2b3e',
      recordedMs: SAMPLE_TIME_MS + 3,
      prevHash,
      salts,
    });
    prevHash = hash;
    const without = reduceBody(body, 'screening');
    const reduced = reduceBody(without, rowClassOf(draft.name));
    const forms = [body, ...(without === body ? [] : [without]), reduced];
    return { hash, forms: forms.map((form) => new TextDecoder().decode(form)) };
  });
}

// From here on nothing is used but config/contract/README.md#hash-chain.

type Members = Readonly<Record<string, unknown>>;

const ABOUT_A_READING = ['gp:TemperatureHigh', 'gp:TemperatureNotMeasured', 'gp:TemperatureSensorFault'];
const OF_THE_LOG = ['log.altered', 'log.purged', 'log.reset', 'privacy.erased', 'site.stooddown'];
const ENVELOPE_MEMBERS = ['bootid', 'recordedtime', 'subject', 'time', 'timequality'];

function hashByThePage(row: Members): string {
  const reduced = 'salts' in row ? reducedOf(row) : row;
  return createHash('sha256').update(Buffer.of(0)).update(canonical(reduced)).digest('hex');
}

/** Step 3. */
function reducedOf(row: Members): Members {
  const { id, epoch, prevhash, sequence, source, specversion, type, time } = row;
  const name = String(type).replace(/^io\.gatepost\.(.*)\.v1$/, '$1');
  const { kept, parts } = partsOf(name, row);
  const known = new Map(listOf(row.commitments));
  for (const [part, salt] of listOf(row.salts)) {
    const text = `${part}${canonical(parts[part] ?? {})}`;
    const hash = createHash('sha256').update(Buffer.from(salt, 'base64url')).update(text).digest('hex');
    known.set(part, hash);
  }
  return {
    commitments: [...known]
      .sort()
      .map(([part, hash]) => `${part}=${hash}`)
      .join(' '),
    data: kept,
    datacontenttype: 'application/json',
    dataschema: 'urn:gatepost:event:reduced:v1',
    ...{ epoch, id, prevhash, sequence, source, specversion, type },
    time: `${String(time).slice(0, 13)}:00:00.000Z`,
  };
}

/** Step 1. */
function partsOf(name: string, row: Members): { kept: Members; parts: Readonly<Record<string, object>> } {
  const data = row.data as Members;
  const envelope = Object.fromEntries(ENVELOPE_MEMBERS.map((member) => [member, row[member]]));
  const own = listOf(row.salts)[0]?.[0] ?? '';
  if (OF_THE_LOG.includes(name)) return { kept: data, parts: { [own]: { ...envelope, data: {} } } };
  const isAbout = (reason: unknown): boolean => ABOUT_A_READING.includes(String(reason));
  const { reason, ...others } = data;
  const reasons = Array.isArray(data.reasons) ? data.reasons : [];
  const reading: Record<string, unknown> = {};
  const rest: Record<string, unknown> = { ...others };
  const move = (member: string): void => {
    reading[member] = data[member];
    delete rest[member];
  };
  if ('screening' in data) move('screening');
  if (isAbout(reason)) move('reason');
  if (reasons.some(isAbout)) {
    move('reasons');
    rest.reasons = isAbout(reason) ? [] : reasons.filter((one) => !isAbout(one));
  }
  if ('item' in data && 'passage' in data) move('item');
  const kept = reason === undefined || isAbout(reason) ? {} : { reason };
  return { kept, parts: { reading, [own]: { ...envelope, data: rest } } };
}

/** Step 2: `salts` and `commitments`. */
function listOf(text: unknown): [string, string][] {
  if (typeof text !== 'string') return [];
  return text.split(' ').map((entry) => entry.split('=', 2) as [string, string]);
}

/** Sorted members, no white space. JavaScript writes numbers and strings as RFC 8785 does. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const sorted = members.sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}
