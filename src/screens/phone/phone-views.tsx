import { localeOf } from '../shared/all-words.ts';
import { fill, type Language } from '../shared/locale.ts';
import { EnterPass } from './enter-pass.tsx';
import type { Entered } from './entered-text.ts';
import { InviteGuest } from './invite-guest.tsx';
import { KeepPass } from './keep-pass.tsx';
import { shortName, withEarlier, withName, withoutPass, withPass, withShown } from './kept.ts';
import { MovePass } from './move-pass.tsx';
import { PassList } from './pass-list.tsx';
import { passName } from './pass-name.ts';
import type { View } from './phone-view.ts';
import { RequestView } from './request-view.tsx';
import { ShowPass } from './show-pass.tsx';
import type { UseKept } from './use-kept.ts';
import type { Place } from './use-place.ts';

interface Props {
  readonly kept: Omit<UseKept, 'failed'>;
  readonly view: View;
  readonly language: Language;
  readonly place: Place;
  readonly onView: (view: View) => void;
  readonly onEntered: (entered: Entered) => void;
  readonly onRequest: () => void;
}

/** One view of the page, and what its buttons do. */
export function PhoneViews({ kept, view, language, place, onView, onEntered, onRequest }: Props) {
  const { passes = [], shown, change } = kept;
  const locale = localeOf(language);
  const words = locale.phone;
  const list = (): void => onView({ at: 'list' });
  switch (view.at) {
    case 'enter':
      return (
        <EnterPass
          key={view.wrong}
          words={words}
          wrong={view.wrong}
          onEntered={onEntered}
          onRequest={place.kind === 'unsafe' ? undefined : onRequest}
          onBack={passes.length === 0 ? undefined : list}
        />
      );
    case 'keep':
      return (
        <KeepPass
          key={view.pass.text}
          pass={view.pass}
          ownKey={kept.keyOf(view.pass)}
          passes={passes}
          language={language}
          onKeep={(name, replaced) => {
            const pass = { text: view.pass.text, name: shortName(name) };
            void change((before) => withPass(before, pass, replaced)).then(() =>
              onView({ at: 'show', isNew: true }),
            );
          }}
          onRequest={onRequest}
          onBack={() => onView({ at: 'show' })}
        />
      );
    case 'request':
      return (
        <RequestView
          ownKey={view.ownKey}
          movedPassId={view.movedPassId}
          words={words}
          onDone={() => onView({ at: 'enter' })}
          onBack={() => onView({ at: 'show' })}
        />
      );
    case 'list':
      return (
        <>
          {place.update !== undefined && (
            <button type="button" onClick={place.update}>
              {words.about.update}
            </button>
          )}
          <PassList
            passes={passes}
            language={language}
            onShow={({ text }) => {
              void change((before) => withShown(before, text));
              onView({ at: 'show' });
            }}
            onName={({ text }, name) => void change((before) => withName(before, text, name))}
            onEarlier={({ text }) => void change((before) => withEarlier(before, text))}
            onMove={(pass) => onView({ at: 'move', pass })}
            onRemove={(pass) => onView({ at: 'remove', pass })}
          />
          <button type="button" onClick={() => onView({ at: 'enter' })}>
            {words.another}
          </button>
        </>
      );
    case 'move':
      return (
        <MovePass
          pass={view.pass}
          language={language}
          onRemove={() => onView({ at: 'remove', pass: view.pass })}
          onBack={list}
        />
      );
    case 'remove': {
      const { pass } = view;
      return (
        <section class="ask" role="alertdialog" aria-labelledby="ask">
          <h2 id="ask">{fill(words.removeAsk, { name: passName(pass, locale) })}</h2>
          <p>{pass.claims.holderKey === undefined ? words.removePaper : words.removeBound}</p>
          <button
            type="button"
            class="stop"
            onClick={() => void change((before) => withoutPass(before, pass.text)).then(list)}
          >
            {words.remove}
          </button>
          <button type="button" onClick={list}>
            {words.back}
          </button>
        </section>
      );
    }
    case 'guest':
      return (
        <InviteGuest
          pass={view.pass}
          ownKey={view.ownKey}
          name={passes.length > 1 ? passName(view.pass, locale) : undefined}
          language={language}
          onBack={() => onView({ at: 'show' })}
        />
      );
    case 'show':
      if (shown === undefined) return null;
      return (
        <>
          {view.isNew && <p class="done">{fill(words.step, { step: 3, what: words.done })}</p>}
          <ShowPass
            key={shown.text}
            pass={shown}
            language={language}
            onGuest={(ownKey) => onView({ at: 'guest', pass: shown, ownKey })}
          />
        </>
      );
  }
}
