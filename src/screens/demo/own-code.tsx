import { useState } from 'preact/hooks';
import { fill, type Locale } from '../shared/locale.ts';

const LARGEST_PICTURE = 4 * 1024 * 1024;

interface Props {
  readonly locale: Locale;
  readonly onText: (text: string) => void;
  /** Resolves with the number of characters that were read. */
  readonly onPicture: (picture: Blob) => Promise<number | undefined>;
}

/** Gives a picture or any text to the scanner. */
export function OwnCode({ locale, onText, onPicture }: Props) {
  const words = locale.demo;
  const [text, setText] = useState('');
  const [said, setSaid] = useState('');
  const take = async (file: Blob | undefined | null) => {
    if (!file) return;
    if (file.size > LARGEST_PICTURE) return setSaid(words.tooBig);
    const characters = await onPicture(file);
    setSaid(characters === undefined ? '' : fill(words.read, { characters }));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer?.files[0]);
  };
  return (
    <section aria-labelledby="own">
      <h2 id="own">{words.own}</h2>
      <div class="card own">
        <label class="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
          <span>{words.picture}</span>
          <input
            type="file"
            accept="image/png,image/jpeg"
            onChange={(event) => {
              void take(event.currentTarget.files?.[0]);
              event.currentTarget.value = '';
            }}
          />
        </label>
        <p role="status">{said}</p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            onText(text);
          }}
        >
          <label class="field">
            <span>{words.text}</span>
            <textarea
              rows={2}
              maxLength={1024}
              required
              spellcheck={false}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <button type="submit">{words.scan}</button>
        </form>
      </div>
    </section>
  );
}
