import { useState } from 'preact/hooks';
import type { Locale } from '../shared/locale.ts';
import { type HeldPass, heldPass } from './held-pass.ts';
import { readImage } from './read-image.ts';

interface Props {
  readonly words: Locale['phone'];
  readonly onPass: (pass: HeldPass) => void;
  readonly onKey: () => void;
  readonly onBack: (() => void) | undefined;
}

/** The ways a pass gets onto the phone, and the way to a key of its own. */
export function EnterPass({ words, onPass, onKey, onBack }: Props) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<string>();
  const canReadPictures = location.protocol.startsWith('http');

  const use = (entered: string): void => {
    const pass = heldPass(entered);
    setWrong(pass === undefined ? words.notAPass : undefined);
    if (pass !== undefined) onPass(pass);
  };
  const read = async (input: HTMLInputElement): Promise<void> => {
    const [picture] = input.files ?? [];
    if (picture === undefined) return;
    let found: string | undefined;
    try {
      found = await readImage(picture);
    } catch {
      // A file that is no picture holds no code either.
      found = undefined;
    }
    input.value = '';
    if (found === undefined) setWrong(words.noCode);
    else use(found);
  };

  return (
    <>
      <p class="lead">{words.lead}</p>
      <section class="card">
        <h2>{words.havePass}</h2>
        {canReadPictures ? (
          <label class="picture">
            {words.takePicture}
            <input
              type="file"
              accept="image/*"
              onChange={(event) => void read(event.currentTarget as HTMLInputElement)}
            />
          </label>
        ) : (
          <p>{words.pictureNeedsServer}</p>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            use(text);
          }}
        >
          <label>
            {words.pastePass}
            <textarea
              rows={4}
              maxLength={2000}
              spellcheck={false}
              autocomplete="off"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary" disabled={text.trim() === ''}>
            {words.use}
          </button>
        </form>
        {wrong !== undefined && (
          <p class="wrong" role="alert">
            {wrong}
          </p>
        )}
      </section>
      <button type="button" onClick={onKey}>
        {words.makeKey}
      </button>
      {onBack !== undefined && (
        <button type="button" onClick={onBack}>
          {words.back}
        </button>
      )}
    </>
  );
}
