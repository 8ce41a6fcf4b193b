import en from '../../../config/locales/en.json' with { type: 'json' };
import zhCn from '../../../config/locales/zh-CN.json' with { type: 'json' };
import zhTw from '../../../config/locales/zh-TW.json' with { type: 'json' };
import type { Language, Locale } from './locale.ts';

/** Too much for the resident's page, which has words of its own: see prompt/resident-words.ts. */
const LOCALES: Record<Language, Locale> = { 'zh-CN': zhCn, 'zh-TW': zhTw, en };

export function localeOf(language: Language): Locale {
  return LOCALES[language];
}
