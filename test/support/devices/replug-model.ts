import { expect } from 'vitest';
import { issuePass, type LogRow } from '../gate/gate.ts';

/** Who may come: `good` is let through; the others are not. */
export type PassQuality = 'good' | 'forged' | 'of another site';

export interface IssuedPass {
  readonly text: string;
  readonly passId: string;
}

/** What the gate must have decided about one showing of a pass, and by which forehead. */
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
/** Of the played thermopile, and of rounding. */
const NOISE_C = 0.2;

export function issue(pass: PassQuality): IssuedPass {
  const claims = pass === 'of another site' ? { site: 'other-court' } : {};
  return issuePass(claims, pass === 'forged' ? 'stranger' : 'issuer');
}

export function expectedOf(pass: PassQuality, passId: string, foreheadC: number | undefined): Expected {
  const welcome = pass === 'good' && (foreheadC ?? 0) < FEVER_C;
  // Nobody is measured for a pass that is not good.
  return { decision: welcome ? passId : 'denied', foreheadC: pass === 'good' ? foreheadC : undefined };
}

/** Texts that are no pass at all are nobody's; see isScrap(). */
export function isDecision(name: string, data: AccessFacts, accessPoint: string): boolean {
  if (data.accessPoint !== accessPoint || isScrap(data, accessPoint)) return false;
  return name === 'access.granted' || name === 'access.denied';
}

/** Something that is no pass, such as half of one. */
export function isScrap(data: AccessFacts, accessPoint: string): boolean {
  return data.accessPoint === accessPoint && data.reason === 'gp:MalformedPass';
}

/** Everybody was decided about once, in their order, and by the forehead that they had themselves. */
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

/** Whether a sensor that sees this forehead may say this. */
export function isNear(objectC: number, foreheadC: number): boolean {
  return Math.abs(objectC - foreheadC) < NOISE_C;
}
