import { localeOf } from '../shared/all-words.ts';
import { fill, type Language } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';
import type { OwnPass } from './kept.ts';
import { passName, passNumber } from './pass-name.ts';

interface Props {
  readonly pass: OwnPass;
  readonly language: Language;
  readonly onRemove: () => void;
  readonly onBack: () => void;
}

/** On the old phone: how the pass gets to a new one. No key leaves this phone; the office makes a new pass. */
export function MovePass({ pass, language, onRemove, onBack }: Props) {
  const locale = localeOf(language);
  const words = locale.phone;
  const { passId } = pass.claims;
  const number = passNumber(passId);
  const isServed = location.protocol.startsWith('http');
  return (
    <>
      <section class="card">
        <h2>{fill(words.moveTitle, { name: passName(pass, locale) })}</h2>
        <ol class="steps">
          <li>
            {isServed ? words.moveScan : words.moveOpen}
            {isServed && (
              <div class="code small">
                <QrImage text={`${location.origin}${location.pathname}#move=${passId}`} />
              </div>
            )}
          </li>
          <li>{fill(words.moveOffice, { number })}</li>
          <li>{words.moveEnd}</li>
        </ol>
      </section>
      <button type="button" class="stop" onClick={onRemove}>
        {words.remove}
      </button>
      <button type="button" onClick={onBack}>
        {words.back}
      </button>
    </>
  );
}
