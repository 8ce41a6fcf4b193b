import { STEP_SECONDS } from '../../core/pass/dynamic-code.ts';
import { localeOf } from '../shared/all-words.ts';
import { fill, type Language, type Locale } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';
import { useNow } from '../shared/use-now.ts';
import { ClockNotice } from './clock-notice.tsx';
import { useWakeLock } from './device.ts';
import { mayInvite } from './guest-code.ts';
import type { OwnPass } from './kept.ts';
import type { OwnKey } from './own-key.ts';
import { passName } from './pass-name.ts';
import { secondsLeft, usePhoneCode } from './use-code.ts';
import { momentText, ValidityNotice } from './validity-notice.tsx';

interface Props {
  readonly pass: OwnPass;
  readonly language: Language;
  readonly onGuest: (ownKey: OwnKey) => void;
}

/** The code for the gate, as large as possible, and what its holder has to know. */
export function ShowPass({ pass, language, onGuest }: Props) {
  const locale = localeOf(language);
  const words = locale.phone;
  const now = useNow(250);
  const { claims, key } = pass;
  return (
    <>
      <p class="what">
        <strong>{passName(pass, locale)}</strong>
        <span>
          {locale.card.validUntil} {momentText(language, claims.expiresAt - 1)}
        </span>
      </p>
      <ValidityNotice claims={claims} language={language} now={now} />
      <ClockNotice claims={claims} language={language} now={now} />
      {claims.holderKey === undefined ? (
        <Lit words={words} note={words.paper}>
          <QrImage text={pass.text} />
        </Lit>
      ) : key === undefined ? (
        <p class="wrong">{words.otherPhone}</p>
      ) : (
        <ChangingCode pass={pass} ownKey={key} words={words} now={now} />
      )}
      {key !== undefined && mayInvite(pass, Math.floor(now / 1000)) && (
        <button type="button" onClick={() => onGuest(key)}>
          {words.guest}
        </button>
      )}
    </>
  );
}

interface CodeProps {
  readonly pass: OwnPass;
  readonly ownKey: OwnKey;
  readonly words: Locale['phone'];
  readonly now: number;
}

function ChangingCode({ pass, ownKey, words, now }: CodeProps) {
  const text = usePhoneCode(pass, ownKey);
  const left = secondsLeft(now);
  return (
    <Lit words={words}>
      {text !== undefined && <QrImage text={text} />}
      <p class="renewal">
        <Ring share={left / STEP_SECONDS} />
        <span>
          <strong>{fill(words.fresh, { seconds: Math.ceil(left) })}</strong>
          <small>{words.waitAfterUse}</small>
        </span>
      </p>
    </Lit>
  );
}

interface LitProps {
  readonly words: Locale['phone'];
  readonly note?: string;
  /** The code, and what stands below it. */
  readonly children: preact.ComponentChildren;
}

/** A code, with the screen kept on. A page can do no more for its brightness than ask for it. */
function Lit({ words, note, children }: LitProps) {
  const isKeptOn = useWakeLock();
  const [code, ...below] = Array.isArray(children) ? children : [children];
  return (
    <>
      <div class="code">{code}</div>
      {below}
      {note !== undefined && <p class="note">{note}</p>}
      <p class="note bright">
        <Sun />
        <span>
          {words.bright}
          {isKeptOn === false && ` ${words.goesDark}`}
        </span>
      </p>
    </>
  );
}

function Sun() {
  return (
    <svg class="sun" viewBox="0 0 40 40" aria-hidden="true">
      <circle cx="20" cy="20" r="8" />
      <path d="M20 2v6M20 32v6M2 20h6M32 20h6M7 7l4.5 4.5M28.500 28.500l4.500 4.500M33 7l-4.500 4.500M11.500 28.500L7 33" />
    </svg>
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
