import type { CDPSession, Page } from 'playwright-core';

interface Key {
  readonly key: string;
  readonly code: string;
  readonly windowsVirtualKeyCode: number;
  readonly text?: string;
  readonly modifiers?: number;
}

const CTRL = 2;
const SHIFT = 8;
const SPECIAL: Readonly<Record<string, Key>> = {
  '\n': { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' },
  '\t': { key: 'Tab', code: 'Tab', windowsVirtualKeyCode: 9 },
  '\x1b': { key: 'Escape', code: 'Escape', windowsVirtualKeyCode: 27 },
  '←': { key: 'ArrowLeft', code: 'ArrowLeft', windowsVirtualKeyCode: 37 },
  '↑': { key: 'ArrowUp', code: 'ArrowUp', windowsVirtualKeyCode: 38 },
  '→': { key: 'ArrowRight', code: 'ArrowRight', windowsVirtualKeyCode: 39 },
  '↓': { key: 'ArrowDown', code: 'ArrowDown', windowsVirtualKeyCode: 40 },
  // Carriage return and line feed as control codes.
  '\r': { key: 'm', code: 'KeyM', windowsVirtualKeyCode: 77, modifiers: CTRL },
  '\v': { key: 'j', code: 'KeyJ', windowsVirtualKeyCode: 74, modifiers: CTRL },
  ' ': { key: ' ', code: 'Space', windowsVirtualKeyCode: 32, text: ' ' },
};
const SHIFTED = /[A-Z:*$%+?!"&()_]/;

/** The keys of one printed text, as a USB scanner with an American layout sends them. */
function keyOf(character: string): Key {
  const special = SPECIAL[character];
  if (special !== undefined) return special;
  const code = /[a-z]/i.test(character)
    ? `Key${character.toUpperCase()}`
    : /\d/.test(character)
      ? `Digit${character}`
      : '';
  const modifiers = SHIFTED.test(character) ? { modifiers: SHIFT } : {};
  const windowsVirtualKeyCode = character.toUpperCase().charCodeAt(0);
  return { key: character, code, windowsVirtualKeyCode, text: character, ...modifiers };
}

/**
 * Types a text into the page as a scanner in keyboard mode does: real key events of the browser, one after the other
 * without waiting. Enter, Tab, Escape and arrows are `\n`, `\t`, `\x1b` and `←↑→↓`; `\r` is Ctrl+M, `\v` Ctrl+J.
 */
export async function scanInto(page: Page, text: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await Promise.all([...text].flatMap((character) => press(session, keyOf(character))));
  await session.detach();
}

function press(session: CDPSession, { text, ...key }: Key): Promise<unknown>[] {
  const shift = key.modifiers === SHIFT;
  const shiftKey = { key: 'Shift', code: 'ShiftLeft', windowsVirtualKeyCode: 16 };
  const down = text === undefined ? { type: 'rawKeyDown' as const } : { type: 'keyDown' as const, text };
  return [
    ...(shift
      ? [session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...shiftKey, modifiers: SHIFT })]
      : []),
    session.send('Input.dispatchKeyEvent', { ...down, ...key }),
    session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key }),
    ...(shift ? [session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...shiftKey })] : []),
  ];
}
