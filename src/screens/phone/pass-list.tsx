import { useState } from 'preact/hooks';
import { localeOf } from '../shared/all-words.ts';
import { fill, type Language } from '../shared/locale.ts';
import { useNow } from '../shared/use-now.ts';
import { NAME_MAX, type OwnPass } from './kept.ts';
import { passName } from './pass-name.ts';
import { momentText, validityText } from './validity-notice.tsx';

interface Props {
  readonly passes: readonly OwnPass[];
  readonly language: Language;
  readonly onShow: (pass: OwnPass) => void;
  readonly onName: (pass: OwnPass, name: string) => void;
  readonly onEarlier: (pass: OwnPass) => void;
  readonly onMove: (pass: OwnPass) => void;
  readonly onRemove: (pass: OwnPass) => void;
}

/** All passes of this phone: what each is called, in which order they stand, and how they leave it. */
export function PassList({ passes, language, onShow, onName, onEarlier, onMove, onRemove }: Props) {
  const locale = localeOf(language);
  const words = locale.phone;
  const now = useNow(60_000);
  return (
    <ul class="passes">
      {passes.map((pass, at) => {
        const name = passName(pass, locale);
        const label = (what: string): string => `${what}: ${name}`;
        return (
          <li key={pass.text} class="card">
            <button type="button" class="primary" onClick={() => onShow(pass)}>
              {fill(words.showIt, { name })}
            </button>
            <p class="note">
              {validityText(pass.claims, language, now) ??
                `${locale.card.validUntil} ${momentText(language, pass.claims.expiresAt - 1)}`}
            </p>
            <NameField pass={pass} language={language} onName={(written) => onName(pass, written)} />
            <div class="row">
              {at > 0 && (
                <button type="button" aria-label={label(words.earlier)} onClick={() => onEarlier(pass)}>
                  {words.earlier}
                </button>
              )}
              <button type="button" aria-label={label(words.move)} onClick={() => onMove(pass)}>
                {words.move}
              </button>
              <button type="button" aria-label={label(words.remove)} onClick={() => onRemove(pass)}>
                {words.remove}
              </button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}

interface NameFieldProps {
  readonly pass: OwnPass;
  readonly language: Language;
  readonly onName: (name: string) => void;
}

/** What is typed stays, whatever else changes on the page meanwhile, and counts once the field is left. */
function NameField({ pass, language, onName }: NameFieldProps) {
  const locale = localeOf(language);
  const [written, write] = useState(pass.name);
  return (
    <label>
      {locale.phone.name}
      <input
        type="text"
        autocomplete="off"
        maxLength={NAME_MAX}
        placeholder={passName({ claims: pass.claims }, locale)}
        value={written}
        onInput={(event) => write(event.currentTarget.value)}
        onBlur={() => onName(written)}
      />
    </label>
  );
}
