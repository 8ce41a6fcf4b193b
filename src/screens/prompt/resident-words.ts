import en from '../../../config/locales/en.json' with { type: 'json' };
import zhCn from '../../../config/locales/zh-CN.json' with { type: 'json' };
import zhTw from '../../../config/locales/zh-TW.json' with { type: 'json' };
import type { Language, Locale } from '../shared/locale.ts';

/** The words of this page alone: those of the guard take a slow kiosk longer to read than all the rest of the page. */
function wordsOf({ common, home, prompt, reason, cause, privacy, vocabulary, guard }: Locale) {
  return {
    ...{ common, home, prompt, reason, cause, privacy },
    vocabulary: { direction: vocabulary.direction },
    guard: { level: { names: guard.level.names } },
  };
}

export type ResidentWords = ReturnType<typeof wordsOf>;

/** The build writes the value in place of this module. */
export const RESIDENT_WORDS: Record<Language, ResidentWords> = {
  'zh-CN': wordsOf(zhCn),
  'zh-TW': wordsOf(zhTw),
  en: wordsOf(en),
};
