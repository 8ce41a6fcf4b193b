import { expect } from 'vitest';
import { issuePass, type LogRow } from '../gate/gate.ts';

/** Who may come: `good` is let through; the others are not. */
export type PassQuality = 'good' | 'forged' | 'of another site';

export interface IssuedPass {
  readonly text: string;
  readonly passId: string;
}

/** The expected decision for one showing of a pass, and the forehead for it. */
export interface Expected {
  /** The pass that was let through, or `denied`. */
  readonly decision: string;
  readonly foreheadC: number | undefined;
}

interface AccessFacts {
  readonly accessPoint?: string;
  readonly reason?: string;
}

const FEVER_C = 37.3;
/** Noise of the simulated thermopile, plus rounding. */
const NOISE_C = 0.2;

export function issue(pass: PassQuality): IssuedPass {
  const claims = pass === 'of another site' ? { site: 'other-court' } : {};
  return issuePass(claims, pass === 'forged' ? 'stranger' : 'issuer');
}

export function expectedOf(pass: PassQuality, passId: string, foreheadC: number | undefined): Expected {
  const welcome = pass === 'good' && (foreheadC ?? 0) < FEVER_C;
  // There is no measurement for a pass that is not good.
  return { decision: welcome ? passId : 'denied', foreheadC: pass === 'good' ? foreheadC : undefined };
}

/** Whether the event is a decision about a person. Texts that are not passes do not count; see isScrap(). */
export function isDecision(name: string, data: AccessFacts, accessPoint: string): boolean {
  if (data.accessPoint !== accessPoint || isScrap(data, accessPoint)) return false;
  return name === 'access.granted' || name === 'access.denied';
}

/** Whether the code was not a pass, such as half of one. */
export function isScrap(data: AccessFacts, accessPoint: string): boolean {
  return data.accessPoint === accessPoint && data.reason === 'gp:MalformedPass';
}

/** Expects one decision for each person, in their order and with their own forehead. */
export function expectDecisions(
  accessPoint: string,
  rows: readonly LogRow[],
  expected: readonly Expected[],
): void {
  const decisions = rows.filter(({ name, event }) => isDecision(name, event.data, accessPoint));
  expect(
    decisions.map(({ name, event }) => (name === 'access.granted' ? event.data.passId : 'denied')),
    accessPoint,
  ).toEqual(expected.map(({ decision }) => decision));
  decisions.forEach(({ event }, at) => {
    const foreheadC = expected[at]?.foreheadC;
    if (foreheadC === undefined) return;
    const { outcome, object } = event.data.screening;
    expect(outcome, accessPoint).toBe(foreheadC < FEVER_C ? 'normal' : 'elevated');
    expect(isNear(object, foreheadC), `${object} for ${foreheadC}`).toBe(true);
  });
}

/** Whether a sensor in front of this forehead may give this value. */
export function isNear(objectC: number, foreheadC: number): boolean {
  return Math.abs(objectC - foreheadC) < NOISE_C;
}
