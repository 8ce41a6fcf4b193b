import { useState } from 'preact/hooks';
import { STEP_SECONDS } from '../../core/pass/dynamic-code.ts';
import { fill, type Language, type Locale, localeOf } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';
import { useNow } from '../shared/use-now.ts';
import { useClockError, useWakeLock } from './device.ts';
import { mayInvite } from './guest-code.ts';
import { type HeldPass, isSameKey } from './held-pass.ts';
import { secondsLeft, usePhoneCode } from './use-code.ts';
import type { OwnKey } from './wallet.ts';

interface Props {
  readonly pass: HeldPass;
  readonly ownKey: OwnKey | undefined;
  readonly language: Language;
  readonly onChange: () => void;
  readonly onGuest: () => void;
  readonly onRemove: () => void;
}

/** The code for the gate, as large as possible, and what its holder has to know. */
export function ShowPass({ pass, ownKey, language, onChange, onGuest, onRemove }: Props) {
  const locale = localeOf(language);
  const words = locale.phone;
  const now = useNow(250);
  const clockErrorMs = useClockError();
  const [removing, setRemoving] = useState(false);
  useWakeLock();
  const { claims } = pass;
  const seconds = Math.floor(now / 1000);
  return (
    <>
      <p class="what">
        <strong>{locale.vocabulary.kind[claims.kind]}</strong>
        {claims.label !== undefined && <q>{claims.label}</q>}
        <span>
          {locale.card.validUntil} {dateText(language, claims.expiresAt - 1)}
        </span>
      </p>
      {seconds >= claims.expiresAt && <p class="wrong">{words.expired}</p>}
      {claims.notBefore !== undefined && seconds < claims.notBefore && (
        <p class="wrong">{fill(words.notBefore, { time: dateText(language, claims.notBefore) })}</p>
      )}
      <Code pass={pass} ownKey={ownKey} words={words} now={now} />
      <p class="note">{words.bright}</p>
      {clockErrorMs === undefined ? (
        <p class="note">{fill(words.clock, { time: new Date(now).toLocaleTimeString(language) })}</p>
      ) : (
        <p class="wrong">{fill(words.clockOff, { seconds: Math.round(Math.abs(clockErrorMs) / 1000) })}</p>
      )}
      {isBoundHere(pass, ownKey) && mayInvite(pass, seconds) && (
        <button type="button" onClick={onGuest}>
          {words.guest}
        </button>
      )}
      <div class="row">
        <button type="button" onClick={onChange}>
          {words.change}
        </button>
        <button type="button" onClick={() => setRemoving(true)}>
          {words.remove}
        </button>
      </div>
      {removing && (
        <section class="ask" role="alertdialog" aria-label={words.removeAsk}>
          <p>{words.removeAsk}</p>
          <button type="button" class="stop" onClick={onRemove}>
            {words.remove}
          </button>
          <button type="button" onClick={() => setRemoving(false)}>
            {words.back}
          </button>
        </section>
      )}
    </>
  );
}

function isBoundHere({ claims: { holderKey } }: HeldPass, ownKey: OwnKey | undefined): boolean {
  return holderKey !== undefined && isSameKey(holderKey, ownKey);
}

interface CodeProps {
  readonly pass: HeldPass;
  readonly ownKey: OwnKey | undefined;
  readonly words: Locale['phone'];
  readonly now: number;
}

function Code({ pass, ownKey, words, now }: CodeProps) {
  const { holderKey } = pass.claims;
  if (holderKey === undefined) {
    return (
      <>
        <div class="code">
          <QrImage text={pass.text} />
        </div>
        <p class="note">{words.paper}</p>
      </>
    );
  }
  if (ownKey === undefined || !isSameKey(holderKey, ownKey)) return <p class="wrong">{words.otherPhone}</p>;
  return <ChangingCode pass={pass} ownKey={ownKey} words={words} now={now} />;
}

function ChangingCode({ pass, ownKey, words, now }: CodeProps & { readonly ownKey: OwnKey }) {
  const text = usePhoneCode(pass, ownKey);
  const left = secondsLeft(now);
  return (
    <>
      <div class="code">{text !== undefined && <QrImage text={text} />}</div>
      <p class="renewal">
        <Ring share={left / STEP_SECONDS} />
        <span>
          <strong>{fill(words.fresh, { seconds: Math.ceil(left) })}</strong>
          <small>{words.waitAfterUse}</small>
        </span>
      </p>
    </>
  );
}

/** Shows the rest of the step, 1 to 0. */
function Ring({ share }: { readonly share: number }) {
  return (
    <svg class="ring" viewBox="0 0 40 40" aria-hidden="true">
      <circle cx="20" cy="20" r="16" class="track" />
      <circle cx="20" cy="20" r="16" pathLength={100} stroke-dasharray={`${share * 100} 100`} />
    </svg>
  );
}

/** A moment in Unix seconds, in the phone's language and time zone. */
function dateText(language: Language, seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}
