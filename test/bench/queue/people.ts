/**
 * The people of the lane bench, and what each of the numbers rests on. All of them are assumptions of the authors: nobody was
 * counted at a real gate. They are the same for every run; a run differs by its seed alone.
 */

/** A time of a person: uniform between the two, in milliseconds. */
type Span = readonly [fromMs: number, toMs: number];

interface Assumption<V> {
  readonly value: V;
  readonly why: string;
}

const assume = <V>(value: V, why: string): Assumption<V> => ({ value, why });

/** Times of people and of the gate leaf, milliseconds. */
const TIMES = {
  follow: assume<Span>([100, 300], 'the next person moves this long after the former one'),
  stepUp: assume<Span>([400, 700], 'a pace to the reader, where the former person stood'),
  present: assume<Span>(
    [100, 500],
    'the code is in the hand, which comes over the reader at the end of the pace',
  ),
  read: assume<Span>([80, 250], 'the scanner decodes a code that is held right'),
  reach: assume<Span>([350, 650], 'from "go through" to the leaf, which gives way at once'),
  through: assume<Span>([600, 1_000], 'through a lane of a metre, until the leaf is shut behind the person'),
  toSensor: assume<Span>([100, 400], 'the forehead comes to the sensor, which is on the post of the reader'),
  fumble: assume<Span>([2_000, 6_000], 'the phone is in the pocket, or locked'),
  wrongSide: assume<Span>([1_200, 2_500], 'a card is turned over'),
  glare: assume<Span>([800, 2_500], 'a phone is tilted until it mirrors no light: nothing is read before'),
  otherCode: assume<Span>([2_500, 5_000], 'an old code was refused, and the right one is looked for'),
  sway: assume<Span>([300, 900], 'a forehead stays too short for a reading'),
  stepBack: assume<Span>([800, 2_000], 'half a pace back, and to the sensor again'),
  hat: assume<Span>([1_200, 2_500], 'the hat comes off, once the screen says so'),
  child: assume<Span>([2_000, 4_000], 'a child is lifted, or finds the step'),
  parcel: assume<Span>([2_500, 5_000], 'what is in both hands is put down'),
  guard: assume<Span>([4_000, 9_000], 'a guard who sits at the screen looks and presses'),
  aside: assume<Span>([400, 800], 'a pace aside, so that the next one can come'),
} as const;

/** Who is slow needs this many times as long for everything. */
const SLOW_FACTOR = 1.6;

/** Shares of people with each kind of trouble; one person may have several. */
const SHARES = {
  slow: assume(0.12, 'old people, prams'),
  fumbles: assume(0.05, 'most have the code in the hand, because they stood in the queue'),
  wrongSide: assume(0.03, 'cards alone have one'),
  glare: assume(0.04, 'phones under a bright lamp'),
  unreadable: assume(0.005, 'a scratched card: nothing is read, the guard opens'),
  expiredFirst: assume(0.02, 'an old code is shown first'),
  parcels: assume(0.02, 'couriers'),
  newcomer: assume(0.2, 'brings the forehead only when the screen asks; the others pass here every day'),
  stepsBack: assume(0.04, 'old people and children'),
  hat: assume(0.05, 'in winter'),
  cold: assume(0.02, 'from -13 °C: waits aside to warm up, and is not counted as through'),
  child: assume(0.02, 'too short for the sensor'),
  elevated: assume(0.005, 'measured twice and refused'),
} as const;

export const PEOPLE = 120;

type Trouble = Exclude<keyof typeof SHARES, 'slow'>;

/** What only a thermometer meets. */
const AT_THE_SENSOR: ReadonlySet<Trouble> = new Set<Trouble>([
  'newcomer',
  'stepsBack',
  'hat',
  'cold',
  'child',
  'elevated',
]);

export interface Visitor {
  readonly number: number;
  readonly isSlow: boolean;
  readonly troubles: ReadonlySet<Trouble>;
  /** Draws a time of this person, ms. */
  readonly takes: (what: keyof typeof TIMES) => number;
}

/**
 * The people of one queue, in their order.
 * @param random uniform in [0, 1)
 * @param pace factor on every time: 1.25 is a queue of people who need a quarter longer
 */
export function drawQueue(random: () => number, screened: boolean, pace = 1): readonly Visitor[] {
  return Array.from({ length: PEOPLE }, (_, number) => {
    const isSlow = random() < SHARES.slow.value;
    const troubles = new Set<Trouble>();
    for (const [name, { value }] of Object.entries(SHARES)) {
      const trouble = name as Trouble | 'slow';
      if (trouble === 'slow' || random() >= value) continue;
      if (screened || !AT_THE_SENSOR.has(trouble)) troubles.add(trouble);
    }
    const takes: Visitor['takes'] = (what) => {
      const [from, to] = TIMES[what].value;
      const isOthers = what === 'read' || what === 'guard';
      return Math.round((from + random() * (to - from)) * (isSlow && !isOthers ? SLOW_FACTOR : 1) * pace);
    };
    return { number, isSlow, troubles, takes };
  });
}
