import { LANGUAGES } from '../../core/text/language.ts';
import { LANGUAGE_NAMES } from './language-names.ts';
import type { Language } from './locale.ts';

interface Props {
  readonly value: Language;
  readonly label: string;
  readonly choices?: readonly Language[];
  readonly onChoose: (language: Language) => void;
}

/** One finger-sized button per language. */
export function LanguageButtons({ value, label, choices = LANGUAGES, onChoose }: Props) {
  return (
    <fieldset class="languages">
      <legend class="hidden">{label}</legend>
      {choices.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === value}
          onClick={() => onChoose(language)}
        >
          {LANGUAGE_NAMES[language]}
        </button>
      ))}
    </fieldset>
  );
}
