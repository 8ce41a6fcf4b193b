/** Whether a text may be a label, written from the contract alone, character by character. */
export function isLabel(text: unknown): text is string {
  if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > 24) return false;
  const all = [...text];
  return (
    !/\p{M}/u.test(all[0] ?? '') &&
    all.some((one) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(one)) &&
    all.every((one, at) => isSeen(one) || isNeeded(one, [all[at - 1], all[at - 2]], all[at + 1]))
  );
}

function isSeen(one: string): boolean {
  const code = one.codePointAt(0) ?? 0;
  const isMark = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\p{Bidi_Control}]/u.test(one);
  const isOne = code === 0x2028 || code === 0x2029 || code === 0x2800 || (code >= 0xfff9 && code <= 0xfffb);
  return !isMark && !isOne && !/\p{Default_Ignorable_Code_Point}/u.test(one);
}

/** @param before the characters before it, the nearest first */
function isNeeded(one: string, [nearest = '', second = '']: (string | undefined)[], after = ''): boolean {
  const isPicture = (text: string) => /^\p{Extended_Pictographic}$/u.test(text);
  const code = one.codePointAt(0) ?? 0;
  if (code === 0x200c || code === 0x200d) {
    const joins = /^\p{L}$/u.test(after) && JOINING.some((script) => script.test(nearest));
    const pictures = isPicture(nearest) || (nearest === '\ufe0f' && isPicture(second));
    return joins || (code === 0x200d && pictures && isPicture(after));
  }
  const isSelector = (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef);
  return isSelector && (/\p{Script=Han}/u.test(nearest) || (code === 0xfe0f && isPicture(nearest)));
}

const JOINING = [
  ...[/\p{Script=Arabic}/u, /\p{Script=Syriac}/u, /\p{Script=Bengali}/u, /\p{Script=Devanagari}/u],
  ...[/\p{Script=Gujarati}/u, /\p{Script=Gurmukhi}/u, /\p{Script=Kannada}/u, /\p{Script=Malayalam}/u],
  ...[/\p{Script=Oriya}/u, /\p{Script=Sinhala}/u, /\p{Script=Tamil}/u, /\p{Script=Telugu}/u],
];
