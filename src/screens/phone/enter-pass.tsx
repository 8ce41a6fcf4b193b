import { useState } from 'preact/hooks';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { Locale } from '../shared/locale.ts';
import { type HeldPass, heldPass } from './held-pass.ts';

interface Props {
  readonly words: Locale['phone'];
  readonly onPass: (pass: HeldPass) => void;
  readonly onKey: () => void;
  readonly onBack: (() => void) | undefined;
}

/** The ways to get a pass onto the phone, and the link to the phone's own key. */
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
      // The file is not a picture, so it has no code.
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

/** Larger pictures are not read, in bytes. */
const PICTURE_BYTES_MAX = 20 * 1024 * 1024;
/** Copied beside the page by the build. */
const WASM = './zxing_reader.wasm';

/** The text of the QR code in a picture, a pass in preference to other codes; undefined if there is none. */
async function readImage(picture: Blob): Promise<string | undefined> {
  if (picture.size > PICTURE_BYTES_MAX) return undefined;
  prepareZXingModule({
    // By default the library would load its program from the network.
    overrides: { locateFile: () => WASM },
  });
  const found = await readBarcodes(picture, { formats: ['QRCode'], tryHarder: true });
  const texts = found.filter(({ isValid }) => isValid).map(({ text }) => text);
  return texts.find((text) => heldPass(text) !== undefined) ?? texts[0];
}
