import { type KeyStroke, MODIFIER } from './keyboard-report.ts';

/** Characters of the keys of one country. */
interface Layout {
  readonly plain: Row;
  readonly shift: Row;
  /** With AltGr, by usage. */
  readonly third: ReadonlyMap<number, string>;
}

/**
 * The keys in the order of their usages. `letters`: 04 to 1D, the keys that are A to Z on a US keyboard; `digits`: 1E
 * to 27; `symbols`: 2D to 38; `extra`: 64, the key beside the left Shift of European keyboards. `·` stands for a key
 * without a character of its own, such as a dead accent.
 */
interface Row {
  readonly letters: string;
  readonly digits: string;
  readonly symbols: string;
  readonly extra: string;
}

const NONE = '·';

/** One table per country. Add further ones here; the calibration code shows whether they are right. */
const LAYOUTS = {
  us: {
    plain: {
      letters: 'abcdefghijklmnopqrstuvwxyz',
      digits: '1234567890',
      symbols: "-=[]\\\\;'`,./",
      extra: '\\',
    },
    shift: {
      letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
      digits: '!@#$%^&*()',
      symbols: '_+{}||:"~<>?',
      extra: '|',
    },
    third: new Map(),
  },
  de: {
    plain: {
      letters: 'abcdefghijklmnopqrstuvwxzy',
      digits: '1234567890',
      symbols: 'ß·ü+##öä·,.-',
      extra: '<',
    },
    shift: {
      letters: 'ABCDEFGHIJKLMNOPQRSTUVWXZY',
      digits: '!"§$%&/()=',
      symbols: "?·Ü*''ÖÄ°;:_",
      extra: '>',
    },
    third: new Map([
      [0x14, '@'],
      [0x08, '€'],
      [0x24, '{'],
      [0x25, '['],
      [0x26, ']'],
      [0x27, '}'],
      [0x2d, '\\'],
      [0x30, '~'],
      [0x64, '|'],
    ]),
  },
  fr: {
    plain: {
      letters: 'qbcdefghijkl,noparstuvzxyw',
      digits: '&é"\'(-è_çà',
      symbols: ')=·$**mù²;:!',
      extra: '<',
    },
    shift: {
      letters: 'QBCDEFGHIJKL?NOPARSTUVZXYW',
      digits: '1234567890',
      symbols: '°+·£µµM%·./§',
      extra: '>',
    },
    third: new Map([
      [0x08, '€'],
      [0x1f, '~'],
      [0x20, '#'],
      [0x21, '{'],
      [0x22, '['],
      [0x23, '|'],
      [0x24, '`'],
      [0x25, '\\'],
      [0x26, '^'],
      [0x27, '@'],
      [0x2d, ']'],
      [0x2e, '}'],
    ]),
  },
} as const satisfies Record<string, Layout>;

export type LayoutName = keyof typeof LAYOUTS;
export const LAYOUT_NAMES: readonly LayoutName[] = ['us', 'de', 'fr'];

const SPACE = 0x2c;
/** Usages of the keypad, which is the same everywhere as long as Num Lock is on. */
const KEYPAD_FIRST = 0x54;
const KEYPAD = '/*-+\n1234567890.';

const SHIFT = MODIFIER.leftShift | MODIFIER.rightShift;
/** Modifiers with which a key has no character. Alt with digits is how Windows types characters by number. */
const NO_CHARACTER =
  MODIFIER.leftAlt | MODIFIER.leftControl | MODIFIER.rightControl | MODIFIER.leftGui | MODIFIER.rightGui;

/** The character of a stroke on a keyboard of that country; undefined for a stroke without one. */
export function characterOf({ usage, modifiers }: KeyStroke, name: LayoutName): string | undefined {
  if ((modifiers & NO_CHARACTER) !== 0) return undefined;
  const layout: Layout = LAYOUTS[name];
  if ((modifiers & MODIFIER.rightAlt) !== 0) return layout.third.get(usage);
  if (usage === SPACE) return ' ';
  if (usage >= KEYPAD_FIRST && usage < KEYPAD_FIRST + KEYPAD.length) return KEYPAD[usage - KEYPAD_FIRST];
  const character = inRow((modifiers & SHIFT) === 0 ? layout.plain : layout.shift, usage);
  return character === NONE ? undefined : character;
}

function inRow(row: Row, usage: number): string | undefined {
  if (usage === 0x64) return row.extra;
  if (usage >= 0x2d) return row.symbols[usage - 0x2d];
  if (usage >= 0x1e) return row.digits[usage - 0x1e];
  return row.letters[usage - 0x04];
}

/** The keystroke for a character, for simulators; undefined if the layout has none. */
export function strokeOf(character: string, name: LayoutName): KeyStroke | undefined {
  for (const modifiers of [0, MODIFIER.leftShift, MODIFIER.rightAlt]) {
    for (let usage = 0x04; usage <= 0x64; usage++) {
      const isKeypad = usage >= KEYPAD_FIRST && usage < KEYPAD_FIRST + KEYPAD.length;
      if (!isKeypad && characterOf({ usage, modifiers }, name) === character) return { usage, modifiers };
    }
  }
  return undefined;
}
