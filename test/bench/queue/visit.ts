import type { LaneGate } from './lane-gate.ts';
import type { Visitor } from './people.ts';

const FOREHEAD_C = 36.5;
const ELEVATED_C = 38.1;
/** From -13 °C, indoors for a few seconds. */
const COLD_C = 33;
const HAT_C = 28;
/** The forehead of a child fills a part of what the sensor sees. */
const EDGE_C = 24.5;
/** A scanner reads a code that stays in view once more after this time. */
const READS_AGAIN_MS = 1_000;
/** Who gets no answer takes the code away and looks at it. */
const NO_ANSWER_MS = 6_000;
const AWAY_MS = 3_200;

/** The places of the lane that one person has at a time. */
export interface Places {
  /** Resolves when the person before has left the reader. */
  readonly readerFree: Promise<void>;
  readonly leaveReader: () => void;
  /** Resolves when the leaf has shut behind the person before. */
  readonly wayFree: Promise<void>;
  readonly leaveWay: () => void;
}

export interface Visit {
  readonly end: 'through' | 'aside';
  readonly byGuard: boolean;
  /** From the first pace to the reader until "go through", or until the person steps aside, ms. */
  readonly kioskMs: number;
  /** When the leaf was shut behind the person, or the person was aside, monotonic ms. */
  readonly endMs: number;
}

/** One person, from the queue to the other side. */
export async function visit(
  gate: LaneGate,
  visitor: Visitor,
  screened: boolean,
  places: Places,
): Promise<Visit> {
  const { troubles, takes } = visitor;
  await places.readerFree;
  const sinceMs = gate.nowMs;
  await gate.sleep(takes('stepUp'));
  // Sensor and reader are on one post: who knows the place has the forehead there while the code is read.
  const measuring = screened ? new Forehead(gate, visitor) : undefined;
  void measuring?.come();
  if (troubles.has('parcels')) await gate.sleep(takes('parcel'));
  if (troubles.has('fumbles')) await gate.sleep(takes('fumble'));
  await gate.sleep(takes('present'));
  if (troubles.has('expiredFirst')) await showsOld(gate, visitor);
  if (troubles.has('wrongSide')) await gate.sleep(takes('wrongSide'));
  if (troubles.has('glare')) await gate.sleep(takes('glare'));
  let byGuard = false;
  if (troubles.has('unreadable')) {
    await gate.sleep(takes('guard'));
    // The guard looks whether the way is free.
    await places.wayFree;
    gate.guardOpens();
    byGuard = true;
  } else {
    byGuard = await showsCode(gate, visitor, places);
  }
  measuring?.leave();
  const isGranted = gate.said.feedback === 'AccessGranted';
  const kioskMs = gate.nowMs - sinceMs;
  if (!isGranted) {
    await gate.sleep(takes('aside'));
    const endMs = gate.nowMs;
    places.leaveReader();
    await places.wayFree;
    places.leaveWay();
    return { end: 'aside', byGuard, kioskMs, endMs };
  }
  void gate.sleep(takes('follow')).then(places.leaveReader);
  await gate.sleep(takes('reach'));
  gate.leaf('Open');
  await gate.sleep(takes('through'));
  gate.leaf('Closed');
  places.leaveWay();
  return { end: 'through', byGuard, kioskMs, endMs: gate.nowMs };
}

async function showsOld(gate: LaneGate, { number, takes }: Visitor): Promise<void> {
  await gate.sleep(takes('read'));
  gate.scan(gate.passOf(number, { passId: 'e'.repeat(16), issuedAt: 0, expiresAt: 1 }));
  await gate.sleep(takes('otherCode'));
}

/** Holds the code over the reader until the screen says something final about it. Returns whether the guard opened. */
async function showsCode(gate: LaneGate, { number, takes }: Visitor, { wayFree }: Places): Promise<boolean> {
  const text = gate.passOf(number);
  const passId = gate.passIdOf(number);
  const isMine = () => gate.said.passId === passId;
  const isFinal = () => isMine() && !['Measure', 'Wait'].includes(gate.said.feedback);
  const isSentAside = () => isMine() && gate.said.feedback === 'Wait' && gate.said.cause === 'cold_skin';
  const isOver = () => isFinal() || isSentAside();
  for (;;) {
    await gate.sleep(takes('read'));
    let isShowing = true;
    void (async () => {
      while (isShowing) {
        gate.scan(text);
        await gate.sleep(READS_AGAIN_MS);
      }
    })();
    const noAnswerMs = gate.nowMs + NO_ANSWER_MS;
    await gate.until(() => isOver() || (!isMine() && gate.nowMs >= noAnswerMs));
    isShowing = false;
    if (isOver()) break;
    await gate.sleep(AWAY_MS);
  }
  if (gate.said.feedback !== 'GuardCalled') return false;
  await gate.sleep(takes('guard'));
  await wayFree;
  gate.guardOpens();
  return true;
}

/** A forehead that comes to the sensor, with what goes wrong there. */
class Forehead {
  readonly #gate: LaneGate;
  readonly #visitor: Visitor;
  #isThere = true;

  constructor(gate: LaneGate, visitor: Visitor) {
    this.#gate = gate;
    this.#visitor = visitor;
  }

  async come(): Promise<void> {
    const { troubles, takes } = this.#visitor;
    if (troubles.has('newcomer')) await this.#gate.until(() => this.#isAsked || !this.#isThere);
    await this.#gate.sleep(takes('toSensor'));
    if (troubles.has('child')) {
      this.#stand(EDGE_C);
      await this.#gate.sleep(takes('child'));
    }
    if (troubles.has('hat')) {
      this.#stand(HAT_C);
      await this.#gate.until(() => this.#isLed || !this.#isThere);
      await this.#gate.sleep(takes('hat'));
    }
    if (troubles.has('stepsBack')) {
      this.#stand(FOREHEAD_C);
      await this.#gate.sleep(takes('sway'));
      this.#stand();
      await this.#gate.sleep(takes('stepBack'));
    }
    this.#stand(troubles.has('cold') ? COLD_C : troubles.has('elevated') ? ELEVATED_C : FOREHEAD_C);
  }

  leave(): void {
    this.#isThere = false;
    this.#gate.stand();
  }

  get #isAsked(): boolean {
    const { passId, feedback } = this.#gate.said;
    return passId === this.#gate.passIdOf(this.#visitor.number) && feedback === 'Measure';
  }

  /** Whether the screen says that the forehead is covered. */
  get #isLed(): boolean {
    return this.#isAsked && this.#gate.said.cause === 'out_of_skin_range';
  }

  #stand(objectC?: number): void {
    if (this.#isThere) this.#gate.stand(objectC);
  }
}
