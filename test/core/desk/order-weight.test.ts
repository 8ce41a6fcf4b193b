import { describe, expect, it } from 'vitest';
import { orderShuts, orderWeight } from '../../../src/core/desk/order-weight.ts';
import { DOOR_VERBS, type DoorVerb } from '../../../src/core/door/door-orders.ts';

const door = (verb: DoorVerb) => ({ type: 'door', verb }) as const;

describe('what an order asks of the guard', () => {
  it.each([
    ['hold', 'confirmed', 'always'],
    ['unlock', 'confirmed', 'always'],
    ['unblock', 'confirmed', 'confirmed'],
    ['lockdown-release', 'confirmed', 'confirmed'],
    ['lockdown', 'always', 'always'],
    ['block', 'attended', 'attended'],
  ] as const)('%s: %s, in a fire %s', (verb, calm, fire) => {
    expect([orderWeight(door(verb), false), orderWeight(door(verb), true)]).toEqual([calm, fire]);
  });

  it('is the password for a level, and nothing for turning away, fire or not', () => {
    for (const fire of [false, true])
      expect([orderWeight({ type: 'level' }, fire), orderWeight({ type: 'refuse' }, fire)]).toEqual([
        'confirmed',
        'always',
      ]);
  });
});

it('what only shuts is what lets nobody through', () => {
  const shutting = DOOR_VERBS.filter((verb) => orderShuts(door(verb)));
  expect(shutting).toEqual(['release', 'block', 'lockdown', 'lock']);
  expect(orderShuts({ type: 'refuse' })).toBe(false);
});
