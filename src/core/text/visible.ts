/** Text that people read and compare: invisible characters must not make two different names look the same. */

/**
 * Characters that leave no mark on a screen, or change its direction: control characters, line separators, everything
 * that Unicode calls ignorable (joiners, byte order marks, tags, fillers, direction marks), noncharacters, lone
 * surrogates, and the empty braille pattern.
 */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u2028\u2029\u2800\ufff9-\ufffb]/u;
const COPIED_ALONG = /(?!\p{Bidi_Control})\p{Default_Ignorable_Code_Point}/u;
/** A joiner inside a word of a script that needs it, or inside an emoji of several parts. */
const NEEDED_JOINER =
  /(?<=[\p{Script=Arabic}\p{Script=Bengali}\p{Script=Devanagari}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Oriya}\p{Script=Sinhala}\p{Script=Syriac}\p{Script=Tamil}\p{Script=Telugu}])[\u200c\u200d](?=\p{L})|(?<=\p{Extended_Pictographic}\ufe0f?)\u200d(?=\p{Extended_Pictographic})/gu;
/** Selects one of the forms of a Chinese character or an emoji. */
const CHOSEN_FORM =
  /(?<=\p{Script=Han})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|(?<=\p{Extended_Pictographic})\ufe0f/gu;
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** Characters used as a hyphen: dashes of all widths, the minus sign, box drawing lines. */
const DASHES = /[\p{Pd}\u2212\u2043\u2500\u2501]|(?<=\p{N})\u30fc(?=\p{N})/gu;

/** Whether the whole text is visible: at least one visible character, and no hidden ones. */
export function isVisible(text: string): boolean {
  const bare = text.replace(NEEDED_JOINER, '').replace(CHOSEN_FORM, '');
  // Combining marks need a character before them.
  return !UNSEEN.test(bare) && SEEN.test(bare) && !/^\p{M}/u.test(bare);
}

/**
 * The text in composed form, without surrounding white space and without the invisible characters that are often
 * copied along. Control characters and direction marks stay, so that isVisible() can refuse them.
 */
export function withoutUnseen(text: string): string {
  const composed = text.normalize('NFC');
  if (!COPIED_ALONG.test(composed)) return composed.trim();
  const all = [...composed];
  return all
    .filter((character, at) => !COPIED_ALONG.test(character) || isNeeded(all, at))
    .join('')
    .trim();
}

/**
 * One form for different ways of writing the same: full-width letters as ordinary ones (NFKC), every dash as a
 * hyphen, no invisible characters. Plain text is unchanged.
 */
export function plainForm(text: string): string {
  return withoutUnseen(text.normalize('NFKC')).replace(DASHES, '-').trim();
}

/** The same for names, where several blanks are one. */
export function plainName(text: string): string {
  return plainForm(text).replace(/ {2,}/g, ' ');
}

function isNeeded(all: readonly string[], at: number): boolean {
  const around = all.slice(Math.max(0, at - 2), at + 2).join('');
  const mark = all[at] ?? '';
  return [...around.matchAll(NEEDED_JOINER), ...around.matchAll(CHOSEN_FORM)].some(
    ([found]) => found === mark,
  );
}

/** Control characters, characters that change the direction of writing, and invisible ones. */
const UNSAFE =
  /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u2028\u2029\ufff9-\ufffb]/gu;

/**
 * The text with every character that a terminal may act on, or that is invisible, written as \uXXXX: what others have
 * written (log, labels, names of files) cannot control the terminal, and nothing in it is hidden. In JSON text the
 * value stays the same.
 */
export function inert(text: string): string {
  return text.replace(UNSAFE, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** The same for text of several lines. */
export function inertLines(text: string): string {
  return text.split('\n').map(inert).join('\n');
}
