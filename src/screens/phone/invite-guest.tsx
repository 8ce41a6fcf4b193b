import { useState } from 'preact/hooks';
import { localeOf } from '../shared/all-words.ts';
import { fill, type Language } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';
import { type GuestWishes, guestCode, nameThatFits } from './guest-code.ts';
import type { HeldPass } from './held-pass.ts';
import type { OwnKey } from './own-key.ts';
import { shareImage } from './share-image.ts';

const HOURS = [2, 8, 24] as const;

interface Props {
  readonly pass: HeldPass;
  readonly ownKey: OwnKey;
  /** Of the pass that signs, where this phone has several. */
  readonly name: string | undefined;
  readonly language: Language;
  readonly onBack: () => void;
}

/** Lets the holder of a bound pass make a code for one guest, and send it as a picture. */
export function InviteGuest({ pass, ownKey, name, language, onBack }: Props) {
  const words = localeOf(language).phone;
  const [made, setMade] = useState<{
    readonly text: string;
    readonly untilS: number;
    readonly name: string;
  }>();
  const make = async (wishes: GuestWishes): Promise<void> => {
    const guest = await guestCode(pass, ownKey, wishes, Date.now());
    setMade({ ...guest, name: wishes.name });
  };
  return (
    <>
      <h2>{words.guest}</h2>
      {name !== undefined && <p>{fill(words.guestHost, { name })}</p>}
      {made === undefined ? (
        <Wishes words={words} onMake={(wishes) => void make(wishes)} />
      ) : (
        <>
          <div class="code">
            <QrImage text={made.text} />
          </div>
          <p class="what">
            {made.name !== '' && <strong>{made.name}</strong>}
            <span>
              {fill(words.guestUntil, {
                time: new Date(made.untilS * 1000).toLocaleString(language, {
                  dateStyle: 'medium',
                  timeStyle: 'short',
                }),
              })}
            </span>
          </p>
          <p class="note">{words.guestStop}</p>
          <button type="button" class="primary" onClick={() => void shareImage(made.text, words.guestFile)}>
            {words.guestSend}
          </button>
          <button type="button" onClick={() => setMade(undefined)}>
            {words.guestAnother}
          </button>
        </>
      )}
      <button type="button" onClick={onBack}>
        {words.back}
      </button>
    </>
  );
}

function Wishes({
  words,
  onMake,
}: {
  readonly words: ReturnType<typeof localeOf>['phone'];
  readonly onMake: (wishes: GuestWishes) => void;
}) {
  const [name, setName] = useState('');
  const [hours, setHours] = useState<number>(HOURS[0]);
  const [uses, setUses] = useState<1 | 2>(1);
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        onMake({ name: name.trim(), hours, uses });
      }}
    >
      <p>{words.guestLead}</p>
      <label>
        {words.guestName}
        <input
          type="text"
          autocomplete="off"
          value={name}
          onInput={(event) => setName(nameThatFits(event.currentTarget.value))}
        />
      </label>
      <fieldset class="choice">
        <legend>{words.guestHours}</legend>
        {HOURS.map((one) => (
          <button key={one} type="button" aria-pressed={hours === one} onClick={() => setHours(one)}>
            {fill(words.guestHour, { hours: one })}
          </button>
        ))}
      </fieldset>
      <fieldset class="choice">
        <legend>{words.guestUses}</legend>
        {([1, 2] as const).map((one) => (
          <button key={one} type="button" aria-pressed={uses === one} onClick={() => setUses(one)}>
            {one === 1 ? words.guestOnce : words.guestTwice}
          </button>
        ))}
      </fieldset>
      <button type="submit" class="primary">
        {words.guestMake}
      </button>
    </form>
  );
}
