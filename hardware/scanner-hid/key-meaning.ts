import { type KeyStroke, MODIFIER } from './keyboard-report.ts';

const ENTER = 0x28;
const TAB = 0x2b;
const KEYPAD_ENTER = 0x58;
const CONTROL = MODIFIER.leftControl | MODIFIER.rightControl;
/** J, I, and M on all layouts: with Control they are LF, Tab and CR. */
const CONTROL_ENDS = new Set([0x0c, 0x0d, 0x10, 0x33]);
const ESCAPE = 0x29;
const CAPS_LOCK = 0x39;
const NUM_LOCK = 0x53;
/** Usages from the menu key to the keys beyond F12, without those that have a character on some keyboard. */
const APPLICATION = 0x65;
const KEYPAD_EQUALS = 0x67;
const KEYPAD_COMMA = 0x85;
const LAST_INTERNATIONAL = 0x8f;

/**
 * The effect of a keystroke on a code. `end`: Enter, Tab, or the equivalent control character; `none`: lock keys and
 * keys that have no character on any keyboard, which some scanners press before or behind a code; `control`: a
 * control character.
 */
export function meaningOf({ usage, modifiers }: KeyStroke): 'end' | 'none' | 'control' | 'character' {
  if (usage === ENTER || usage === TAB || usage === KEYPAD_ENTER) return 'end';
  if (usage === ESCAPE || (usage >= CAPS_LOCK && usage <= NUM_LOCK)) return 'none';
  const hasCharacter = usage < APPLICATION || usage === KEYPAD_EQUALS;
  if (!hasCharacter && (usage < KEYPAD_COMMA || usage > LAST_INTERNATIONAL)) return 'none';
  if ((modifiers & CONTROL) === 0) return 'character';
  return CONTROL_ENDS.has(usage) ? 'end' : 'control';
}
