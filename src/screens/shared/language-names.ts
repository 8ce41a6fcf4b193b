import en from '../../../config/locales/en.json' with { type: 'json' };
import zhCn from '../../../config/locales/zh-CN.json' with { type: 'json' };
import zhTw from '../../../config/locales/zh-TW.json' with { type: 'json' };
import type { Language } from './locale.ts';

/** What stands on the buttons. The build writes the value in place of this module. */
export const LANGUAGE_NAMES: Record<Language, string> = {
  'zh-CN': zhCn.language.button,
  'zh-TW': zhTw.language.button,
  en: en.language.button,
};
