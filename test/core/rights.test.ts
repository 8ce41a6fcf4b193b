import { describe, expect, it } from 'vitest';
import { ROLES } from '../../src/core/access/vocabulary.ts';
import { ORDER_TYPES } from '../../src/core/desk/guard-order.ts';
import { mayDo, mayGive, RIGHTS, type Right } from '../../src/core/desk/rights.ts';
import { DOOR_VERBS } from '../../src/core/door/door-orders.ts';

describe('the rights of roles', () => {
  it('leave nobody without a role anything, and a supervisor everything', () => {
    for (const right of Object.keys(RIGHTS) as Right[])
      expect([right, mayDo(undefined, right), mayDo('supervisor', right)]).toEqual([right, false, true]);
  });

  it.each(ROLES)('let %s give the orders that the table names, and lock every door down', (role) => {
    for (const type of ORDER_TYPES) {
      if (type === 'door') continue;
      expect([type, mayGive(role, { type })]).toEqual([type, RIGHTS[type].includes(role)]);
      expect(mayGive(undefined, { type })).toBe(false);
    }
    for (const verb of DOOR_VERBS) {
      const order = { type: 'door', door: 'main', verb, note: 'A fight' } as const;
      expect([verb, mayGive(role, order)]).toEqual([verb, verb === 'lockdown' || role !== 'office']);
    }
  });
});
