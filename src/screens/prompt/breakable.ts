const HAN = /\p{Script=Han}/u;

/** Words of this product that segmenters take apart. */
const WORDS: readonly string[] = [
  ...[
    '测温口',
    '测温仪',
    '通行证',
    '通行码',
    '二维码',
    '扫码口',
    '本小区',
    '保安处',
    '生效日',
    '体温',
    '扫码',
    '换新证',
    '一会儿',
    '撩开',
    '保安室',
    '存储卡',
    '这个码',
    '点选',
    '前一位',
  ],
  ...[
    '通行證',
    '通行碼',
    '掃描口',
    '感測器',
    '額溫',
    '本社區',
    '警衛處',
    '管理處',
    '改走',
    '重新整理',
    '記憶卡',
    '紀錄檔',
    '這個碼',
    '點選',
  ],
];
/** Characters that belong to the text before them. */
const AFTER: ReadonlySet<string> = new Set(
  '的了着著过過得地到完好住上下里裡内內中后後前次位张張个個们們吗嗎吧呢家人',
);
/** Characters that belong to the text after them. */
const BEFORE: ReadonlySet<string> = new Set(
  '请請将將把用从從给給在不没沒还還再勿别別暂暫已这這那您我第或并並先等洽至此',
);

/**
 * The parts between which a line of the resident's screen may break; joined they are the text. Browsers break Chinese
 * between any two characters, also inside words. Here a line breaks only between words, never beside a single character
 * and never between a number and its unit.
 */
export function breakable(text: string, language: string): readonly string[] {
  const line = glued(text);
  if (language === 'en') return [line];
  const torn = insideWords(line);
  const parts: string[] = [];
  for (const { segment, index } of new Intl.Segmenter(language, { granularity: 'word' }).segment(line)) {
    const part = parts.at(-1);
    // A single character at the end of a phrase must not be alone in a line.
    const endsPhrase = segment.length === 1 && !HAN.test(line.charAt(index + 1));
    const joined = torn.has(index) || endsPhrase || (part !== undefined && !mayBreak(part, segment));
    if (part !== undefined && joined) parts.splice(-1, 1, part + segment);
    else parts.push(segment);
  }
  return parts;
}

/** The text with signs that hold a number and its unit together. */
export function glued(text: string): string {
  return text
    .replace(/(\d) /g, '$1\u00a0')
    .replace(/\u00a0(to|-|–) (?=\d)/g, '\u00a0$1\u00a0')
    .replace(/～/g, '\u2060～\u2060');
}

function mayBreak(part: string, segment: string): boolean {
  const [last = '', first = ''] = [part.slice(-1), segment.slice(0, 1)];
  if (!HAN.test(last) || !HAN.test(first)) return false;
  // A single character is joined to the text after it.
  const alone = !HAN.test(part.at(-2) ?? '');
  return !alone && !BEFORE.has(last) && !(segment.length === 1 && AFTER.has(segment));
}

/** Places in a text that lie inside one of this product's words. */
function insideWords(text: string): ReadonlySet<number> {
  const inside = new Set<number>();
  for (const word of WORDS) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      for (let offset = 1; offset < word.length; offset++) inside.add(at + offset);
    }
  }
  return inside;
}
