import type { Locale } from '../shared/locale.ts';
import type { OwnPass } from './kept.ts';
import { passName } from './pass-name.ts';

interface Props {
  readonly passes: readonly OwnPass[];
  readonly shown: OwnPass | undefined;
  readonly locale: Locale;
  readonly onShow: (pass: OwnPass) => void;
}

/** One button a pass, where there is more than one: a touch shows the code of the other. */
export function PassTabs({ passes, shown, locale, onShow }: Props) {
  if (passes.length < 2) return null;
  return (
    <fieldset class="tabs">
      <legend class="hidden">{locale.phone.whose}</legend>
      {passes.map((pass) => (
        <button
          key={pass.text}
          type="button"
          aria-pressed={pass.text === shown?.text}
          onClick={() => onShow(pass)}
        >
          {passName(pass, locale)}
        </button>
      ))}
    </fieldset>
  );
}
