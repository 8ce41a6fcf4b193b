import { useState } from 'preact/hooks';
import { fill, type Locale } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';
import { type OwnKey, requestText } from './own-key.ts';
import { passNumber } from './pass-name.ts';

interface Props {
  readonly ownKey: OwnKey;
  /** The pass that moves here from another phone. */
  readonly movedPassId: string | undefined;
  readonly words: Locale['phone'];
  readonly onDone: () => void;
  readonly onBack: () => void;
}

/** What the office needs to make a pass for this phone alone: the public half of a key. */
export function RequestView({ ownKey, movedPassId, words, onDone, onBack }: Props) {
  const text = requestText(ownKey, movedPassId);
  const [copied, setCopied] = useState(false);
  return (
    <>
      <section class="card">
        <h2>{words.requestTitle}</h2>
        {movedPassId !== undefined && <p>{fill(words.requestMoves, { number: passNumber(movedPassId) })}</p>}
        <p>{words.requestHow}</p>
        <div class="code">
          <QrImage text={text} />
        </div>
        <code class="key">{text}</code>
        <button
          type="button"
          onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
        >
          {copied ? words.copied : words.copy}
        </button>
      </section>
      <button type="button" class="primary" onClick={onDone}>
        {words.requestDone}
      </button>
      <button type="button" onClick={onBack}>
        {words.back}
      </button>
    </>
  );
}
