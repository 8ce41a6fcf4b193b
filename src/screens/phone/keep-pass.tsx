import { useState } from 'preact/hooks';
import { localeOf } from '../shared/all-words.ts';
import { fill, type Language } from '../shared/locale.ts';
import { useNow } from '../shared/use-now.ts';
import type { HeldPass } from './held-pass.ts';
import { NAME_MAX, type OwnPass, outdates, renewedBy } from './kept.ts';
import type { OwnKey } from './own-key.ts';
import { passName, passNumber } from './pass-name.ts';
import { validityOf } from './validity.ts';
import { momentText, ValidityNotice } from './validity-notice.tsx';

interface Props {
  readonly pass: HeldPass;
  /** The key it is bound to, where that is on this phone. */
  readonly ownKey: OwnKey | undefined;
  readonly passes: readonly OwnPass[];
  readonly language: Language;
  readonly onKeep: (name: string, replaced: string | undefined) => void;
  readonly onRequest: () => void;
  readonly onBack: () => void;
}

/** The second step: what the pass says, so that its holder sees whether it is the right one, and a name for it. */
export function KeepPass({ pass, ownKey, passes, language, onKeep, onRequest, onBack }: Props) {
  const locale = localeOf(language);
  const words = locale.phone;
  const { claims } = pass;
  const old = renewedBy(pass, passes);
  const [replaces, setReplaces] = useState(() => old !== undefined && outdates(pass, old, Date.now()));
  const [name, setName] = useState(old?.name ?? '');
  const now = useNow(1_000);
  const isForeign = claims.holderKey !== undefined && ownKey === undefined;
  const isOver = validityOf(claims, now).state === 'over';
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        onKeep(name, replaces ? old?.text : undefined);
      }}
    >
      <h2>{fill(words.step, { step: 2, what: words.isItYours })}</h2>
      <dl class="facts">
        {claims.label !== undefined && (
          <div>
            <dt>{words.label}</dt>
            <dd>{claims.label}</dd>
          </div>
        )}
        <div>
          <dt>{words.kind}</dt>
          <dd>{locale.vocabulary.kind[claims.kind]}</dd>
        </div>
        <div>
          <dt>{locale.card.validUntil}</dt>
          <dd>{momentText(language, claims.expiresAt - 1)}</dd>
        </div>
        <div>
          <dt>{locale.card.number}</dt>
          <dd>{passNumber(claims.passId)}</dd>
        </div>
      </dl>
      <ValidityNotice claims={claims} language={language} now={now} />
      {isForeign ? (
        <>
          <p class="wrong">{words.otherPhone}</p>
          <button type="button" class="primary" onClick={onRequest}>
            {words.makeRequest}
          </button>
        </>
      ) : (
        !isOver && (
          <>
            <label>
              {words.nameIt}
              <input
                type="text"
                autocomplete="off"
                maxLength={NAME_MAX}
                placeholder={passName({ claims }, locale)}
                value={name}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            </label>
            {old !== undefined && (
              <fieldset class="choice">
                <legend>{fill(words.replaceAsk, { name: passName(old, locale) })}</legend>
                <button type="button" aria-pressed={replaces} onClick={() => setReplaces(true)}>
                  {words.replace}
                </button>
                <button type="button" aria-pressed={!replaces} onClick={() => setReplaces(false)}>
                  {words.keepBoth}
                </button>
              </fieldset>
            )}
            <button type="submit" class="primary">
              {words.keepIt}
            </button>
          </>
        )
      )}
      <button type="button" onClick={onBack}>
        {words.back}
      </button>
    </form>
  );
}
