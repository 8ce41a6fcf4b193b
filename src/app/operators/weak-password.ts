import { COMMON_PASSWORDS } from './common-passwords.ts';

/** Words that are obvious at a gate kiosk, and common words that English lists leave out. */
const OF_THE_TRADE = (
  'gate gatepost guard guards kiosk door doors entrance exit security admin operator operators access control site ' +
  'office desk lodge house tower court garden resident residents community property raspberry barrier default secret ' +
  'january february march april june july august september october november december spring summer autumn fall ' +
  'winter monday tuesday wednesday thursday friday saturday sunday welcome passwort changeit changeme ' +
  'woaini aini nihao menjin baoan mima xiaoqu wuye zhiban damen 5201314 520 1314 woaini1314 ' +
  '147258369 789456123 123654789 741852963 147852369 1qazxsw2 zaq12wsx qazwsxedc pa$$w0rd ' +
  '门禁 保安 密码 管理处 物业 小区 值班 大门 門禁 保全 密碼 管理處 物業 社區 值勤 大門 警衛'
).split(' ');

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
].flatMap((row) => [row, [...row].reverse().join('')]);

/** Characters that people write instead of a letter. A `1` stands for two letters. */
const INSTEAD: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};

/** Shortest text that counts as a word, in characters; two for scripts in which two characters are a name. */
const MIN_WORD = 3;
const MIN_WORD_ELSEWHERE = 2;
/** A password of more words than this is a phrase that cannot be guessed. */
const GUESSED_WORDS = 2;
/** Longest row of digits that counts as guessed, e.g. a year or a house number. */
const MOST_DIGITS = 4;
const MIN_ROW = 3;
const LONGEST_PIECE = 40;

/** A password with fewer different characters is weak. */
const FEWEST_CHARACTERS = 4;
/** A repeated part must have at least this length, the shortest password, or the password is weak. */
const SHORTEST_UNIT = 8;

/**
 * Whether a password is easy to guess here: a common one, or one made only of rows of keys, dates, repeats, the site's
 * own words and at most two common words, in any spelling.
 * @param ownWords names of the site, the gate and the operators
 */
export function isWeak(password: string, ownWords: readonly string[]): boolean {
  const lower = password.normalize('NFC').toLowerCase();
  if (new Set(lower).size < FEWEST_CHARACTERS) return true;
  // Built at each call, because passwords are seldom set and the list needs memory.
  const common = new Set(COMMON_PASSWORDS.split(/\s/).filter((word) => word !== ''));
  const own = new Set([...OF_THE_TRADE, ...ownWords.flatMap(wordsIn)]);
  return spellings(lower).some((spelling) => {
    const unit = unitOf(spelling);
    if (unit !== spelling && unit.length < SHORTEST_UNIT) return true;
    return [unit, withoutRuns(unit)].some((text) => common.has(text) || isMadeOf([...text], common, own));
  });
}

/**
 * The spellings to check: as typed, without blanks and marks, and with letters for the characters written instead of
 * them.
 */
function spellings(lower: string): readonly string[] {
  // Characters before and after a word do not stand for letters: `p@ssw0rd!` is `password`.
  const core = lower.replace(/^[^\p{L}\p{M}]+|[\p{P}\p{S}\s]*[\d\p{P}\p{S}\s]*$/gu, '');
  const letters = [lower, core].map((text) => [...text].map((one) => INSTEAD[one] ?? one).join(''));
  const variants = [
    lower,
    lower.replace(/[\p{P}\p{S}\s]+$/u, ''),
    ...letters.flatMap((text) => [text.replaceAll('1', 'i'), text.replaceAll('1', 'l')]),
  ];
  const plain = variants.map((variant) => variant.replace(/[^\p{L}\p{M}\p{N}]/gu, ''));
  return [...new Set([...variants, ...plain])].filter((spelling) => spelling !== '');
}

/** The repeated part of a text, `abc` of `abcabcabc`; the text itself if it has none. */
function unitOf(text: string): string {
  for (let length = 1; length <= text.length / 2; length++) {
    const unit = text.slice(0, length);
    if (text.length % length === 0 && unit.repeat(text.length / length) === text) return unit;
  }
  return text;
}

/** Replaces repeated characters by one: `aabbcc` gives `abc`. */
function withoutRuns(text: string): string {
  return text.replace(/(.)\1+/gu, '$1');
}

/** Whether a text can be cut into guessable pieces of which at most two different ones are words. */
function isMadeOf(
  characters: readonly string[],
  common: ReadonlySet<string>,
  own: ReadonlySet<string>,
): boolean {
  /** The smallest set of words up to each position; undefined where no cut reaches it. */
  const best: (ReadonlySet<string> | undefined)[] = [new Set()];
  for (let end = 1; end <= characters.length; end++) {
    for (let start = Math.max(0, end - LONGEST_PIECE); start < end; start++) {
      const before = best[start];
      if (before === undefined) continue;
      const piece = characters.slice(start, end).join('');
      const isWhole = !isDigit(characters[start - 1]) && !isDigit(characters[end]);
      const free = own.has(piece) || isRow(piece) || (isWhole && isDigits(piece));
      if (!free && !(piece.length >= MIN_WORD && /^\p{L}+$/u.test(piece) && common.has(piece))) continue;
      const after = free ? before : new Set([...before, piece]);
      const known = best[end];
      if (known === undefined || after.size < known.size) best[end] = after;
    }
  }
  const words = best[characters.length];
  return words !== undefined && words.size <= GUESSED_WORDS;
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && /\d/.test(character);
}

function isRow(piece: string): boolean {
  if (piece.length < MIN_ROW) return false;
  return new Set(piece).size === 1 || ROWS.some((row) => row.includes(piece));
}

/** Whether the piece is a few digits or a date: `19870514`, `140587`. */
function isDigits(piece: string): boolean {
  if (!/^\d+$/.test(piece)) return false;
  if (piece.length <= MOST_DIGITS) return true;
  const day = '(0[1-9]|[12]\\d|3[01])';
  const month = '(0[1-9]|1[0-2])';
  const year = '((19|20)\\d\\d)';
  const short = '\\d\\d';
  return [
    `${year}${month}${day}`,
    `${day}${month}${year}`,
    `${month}${day}${year}`,
    `${short}${month}${day}`,
    `${day}${month}${short}`,
  ].some((form) => new RegExp(`^${form}$`).test(piece));
}

/** The words of a name: the name itself, without its blanks and marks, and its parts. */
function wordsIn(name: string): readonly string[] {
  const lower = name.normalize('NFC').toLowerCase();
  const parts = lower.split(/[^\p{L}\p{M}\p{N}]+/u);
  return [...parts, parts.join('')].filter((word) => {
    const least = /^[\x20-\x7e]*$/.test(word) ? MIN_WORD : MIN_WORD_ELSEWHERE;
    return [...word].length >= least;
  });
}
