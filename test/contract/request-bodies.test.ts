import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ACCOUNT_ORDERS, REQUESTS } from '../../src/core/contract/requests.ts';
import { ORDER_TYPES } from '../../src/core/desk/guard-order.ts';
import { PublishedContract } from '../support/broker/published-contract.ts';

const contract = new PublishedContract();
const WEB = new URL('../../src/adapters/web/', import.meta.url);
/** Requests without a body, and the one whose body is a picture. */
const WITHOUT_FIELDS = ['logout', 'upkeep.examine', 'demo.picture'];

describe('the schemas of request bodies', () => {
  it('are there for every request that has one, and for none besides', () => {
    const routes = readdirSync(WEB).flatMap((file) => {
      const text = file.endsWith('.ts') ? readFileSync(new URL(file, WEB), 'utf8') : '';
      return Array.from(text.matchAll(/\w+\.post\(\s*'\/api\/([\w/-]+)'/g), ([, path = '']) =>
        path.replace('/', '.'),
      );
    });
    const orders = ORDER_TYPES.map((type) => `guard.${type}`);
    const accounts = Object.keys(ACCOUNT_ORDERS).map((type) => `accounts.${type}`);
    const bodies = [...orders, ...accounts, ...routes].filter((path) => !WITHOUT_FIELDS.includes(path));
    expect(Object.keys(REQUESTS).sort()).toEqual(bodies.sort());
  });

  it.each(Object.keys(REQUESTS))('refuse what does not belong into %s', (name) => {
    expect(contract.check(`urn:gatepost:request:${name}:v1`, { foreign: 1 })).toContainEqual(
      expect.stringContaining('must NOT have additional properties'),
    );
  });

  it.each<[string, unknown, boolean]>([
    ['guard.open', { accessPoint: 'main-in', passage: null, note: 'Forgot it' }, true],
    ['guard.open', { accessPoint: 'main-in', note: 'Forgot it', password: 'x', another: true }, true],
    ['guard.open', { accessPoint: 'Main In', note: 'Forgot it' }, false],
    ['guard.open', { accessPoint: 'main-in', note: '' }, false],
    ['guard.level', { level: 'open', note: 'Festival' }, false],
    ['guard.level', { level: 'open', note: 'Festival', password: 'x' }, true],
    ['guard.occupancy', { value: -1, note: 'counted' }, false],
    ['guard.occupancy', { value: 100_000, note: 'counted' }, true],
    ['guard.occupancy', { value: 100_001, note: 'counted' }, false],
    ['guard.door', { door: 'main', verb: 'unlock', note: 'Delivery' }, true],
    ['guard.door', { door: 'main', verb: 'explode', note: 'Delivery' }, false],
    ['guard.forgive', { subject: { passId: '00112233aabbccdd' }, note: 'Went round' }, true],
    ['guard.forgive', { subject: {}, note: 'Went round' }, false],
    ['session', {}, true],
    ['demo.clock', { time: '24:00' }, false],
  ])('say of %s with %j what the gate says: %s', (name, body, isTaken) => {
    expect(contract.check(`urn:gatepost:request:${name}:v1`, body).length === 0).toBe(isTaken);
    expect(REQUESTS[name]?.safeParse(body).success).toBe(isTaken);
  });
});
