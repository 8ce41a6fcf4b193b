const NAME = /^[\p{L}\p{M}\p{N} ._-]{1,32}$/u;
const MIN_PASSWORD = 8;
const MAX_PASSWORD = 128;

/** What guessing begins with, of eight characters and more; digits and marks at the end are ignored when comparing. */
const COMMON_STEMS = new Set(
  (
    'password passw0rd passwort administrator letmein welcome changeme changeit qwertyuiop qwertzuiop qwerty ' +
    'asdfghjkl asdfghjk zxcvbnm iloveyou sunshine princess football baseball superman batman trustno master ' +
    'monkey dragon shadow michael jennifer computer internet whatever starwars admin guard raspberry gatepost ' +
    'default secret login test abc abcd abcdefg abcdefgh woaini aini hello access security operator kiosk'
  ).split(' '),
);
const COMMON_WHOLE = new Set(
  (
    '1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qazxsw2 q1w2e3r4 q1w2e3r4t5 zaq12wsx qazwsxedc a1b2c3d4 1a2b3c4d p@ssw0rd ' +
    'p@ssword pa$$word pa$$w0rd 147258369 789456123 123654789 741852963 5201314520 woaini1314 52013145 123123123 ' +
    '12341234 11223344 1122334455 112233445566 88888888 66668888 01234567 0123456789 1234567890 987654321 ' +
    '0987654321 9876543210 87654321 123qweasd qwe123qwe q12345678 asd123456 abc123456 a123456789 qq123456'
  ).split(' '),
);

/** The form in which names and passwords are kept: different keyboards write the same letter differently. */
export function normalized(text: string): string {
  return text.normalize('NFC');
}

/** Why `name` is no operator's name, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (NAME.test(normalized(name)) && name.trim() === name) return undefined;
  return 'The name must have 1 to 32 letters, digits, spaces or - _ . and no space at its ends.';
}

/** Why `password` must not be used by `name`, or undefined. */
export function passwordProblem(name: string, password: string): string | undefined {
  const length = [...normalized(password)].length;
  if (length < MIN_PASSWORD) return `The password must have at least ${MIN_PASSWORD} characters.`;
  if (length > MAX_PASSWORD) return `The password must have at most ${MAX_PASSWORD} characters.`;
  const lower = normalized(password).toLowerCase();
  const lowerName = normalized(name).toLowerCase();
  const stem = withoutTail(lower);
  const nameAgain =
    lower.replaceAll(lowerName, '') === '' || (stem !== '' && stem === withoutTail(lowerName));
  if (nameAgain) {
    return 'The password must not be the name.';
  }
  if (isCommon(lower, stem))
    return 'This password is one of the first that anybody would try. Choose another.';
  return undefined;
}

function isCommon(lower: string, stem: string): boolean {
  return COMMON_STEMS.has(stem) || COMMON_WHOLE.has(lower) || new Set(lower).size < 3 || isRow(lower);
}

function withoutTail(text: string): string {
  return text.replace(/[\d\s!?.,*#@$-]+$/u, '');
}

/** 12345678, hgfedcba: every character one step from the one before. */
function isRow(text: string): boolean {
  const steps = new Set<number>();
  for (let at = 1; at < text.length; at++) steps.add(text.charCodeAt(at) - text.charCodeAt(at - 1));
  return steps.size === 1;
}
