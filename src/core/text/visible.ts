/** Text that people read and compare: what is not seen must not make two names of one. */

/**
 * What leaves no mark on a screen, or turns its direction: control characters, line separators, everything Unicode
 * calls ignorable (joiners, byte order marks, tags, fillers, direction marks), noncharacters, lone surrogates, and the
 * empty braille pattern.
 */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Bidi_Control}\u2028\u2029\u2800\ufff9-\ufffb]/u;
const COPIED_ALONG = /(?!\p{Bidi_Control})\p{Default_Ignorable_Code_Point}/u;
/** A joiner inside a word of a script that is not readable without it, or inside a picture of several parts. */
const NEEDED_JOINER =
  /(?<=[\p{Script=Arabic}\p{Script=Bengali}\p{Script=Devanagari}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Oriya}\p{Script=Sinhala}\p{Script=Syriac}\p{Script=Tamil}\p{Script=Telugu}])[\u200c\u200d](?=\p{L})|(?<=\p{Extended_Pictographic}\ufe0f?)\u200d(?=\p{Extended_Pictographic})/gu;
/** Which of its forms a Chinese character or a picture has. */
const CHOSEN_FORM =
  /(?<=\p{Script=Han})[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]|(?<=\p{Extended_Pictographic})\ufe0f/gu;
const SEEN = /[\p{L}\p{N}\p{P}\p{S}]/u;
/** What stands for a hyphen: dashes of all widths, the minus sign, lines of a drawing. */
const DASHES = /[\p{Pd}\u2212\u2043\u2500\u2501]|(?<=\p{N})\u30fc(?=\p{N})/gu;

/** Whether somebody sees the text, all of it: at least one mark, and nothing hidden between them. */
export function isVisible(text: string): boolean {
  const bare = text.replace(NEEDED_JOINER, '').replace(CHOSEN_FORM, '');
  // Marks that only combine need something to stand on.
  return !UNSEEN.test(bare) && SEEN.test(bare) && !/^\p{M}/u.test(bare);
}

/**
 * The text without what comes along when it is copied and nobody sees, and without white space around it, in composed
 * form. Control characters and what turns the direction stay, so that isVisible() can refuse them.
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
 * One form for what people write alike: full-width letters as ordinary ones (NFKC), every dash as a hyphen, nothing
 * unseen. Plain text comes out as it went in.
 */
export function plainForm(text: string): string {
  return withoutUnseen(text.normalize('NFKC')).replace(DASHES, '-').trim();
}

function isNeeded(all: readonly string[], at: number): boolean {
  const around = all.slice(Math.max(0, at - 2), at + 2).join('');
  const mark = all[at] ?? '';
  return [...around.matchAll(NEEDED_JOINER), ...around.matchAll(CHOSEN_FORM)].some(
    ([found]) => found === mark,
  );
}
