import { useState } from 'preact/hooks';
import type { Locale } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';
import { keyText } from './held-pass.ts';
import type { OwnKey } from './wallet.ts';

interface Props {
  readonly ownKey: OwnKey;
  readonly words: Locale['phone'];
  readonly onBack: () => void;
}

/** The public key of this phone, for the office to bind a pass to. */
export function OwnKeyView({ ownKey, words, onBack }: Props) {
  const text = keyText(ownKey);
  const [copied, setCopied] = useState(false);
  return (
    <>
      <section class="card">
        <h2>{words.keyTitle}</h2>
        <p>{words.keyHow}</p>
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
      <button type="button" class="primary" onClick={onBack}>
        {words.back}
      </button>
    </>
  );
}
