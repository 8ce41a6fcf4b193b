import { useState } from 'preact/hooks';
import { fill, type Locale } from '../shared/locale.ts';
import { CameraView } from './camera-view.tsx';
import { type Entered, enteredText, type NoPass } from './entered-text.ts';
import { canReadCodes, readCode } from './read-code.ts';

interface Props {
  readonly words: Locale['phone'];
  /** What a link that was opened held instead of a pass, or why no request can be made. */
  readonly wrong: NoPass | 'noKey' | undefined;
  readonly onEntered: (entered: Exclude<Entered, { readonly wrong: NoPass }>) => void;
  /** Undefined where this page can make no keys. */
  readonly onRequest: (() => void) | undefined;
  readonly onBack: (() => void) | undefined;
}

/** The first of three steps: the ways to get onto the phone what the office gave. */
export function EnterPass({ words, wrong: wrongLink, onEntered, onRequest, onBack }: Props) {
  const [text, setText] = useState('');
  const [wrong, setWrong] = useState<NoPass | 'noKey' | 'noCode' | undefined>(wrongLink);
  const [isScanning, setScanning] = useState(false);

  const use = (written: string): void => {
    const entered = enteredText(written);
    if ('wrong' in entered) setWrong(entered.wrong);
    else onEntered(entered);
  };
  const read = async (input: HTMLInputElement): Promise<void> => {
    const [picture] = input.files ?? [];
    if (picture === undefined) return;
    // A file that is no picture has no code.
    const found = await readCode(picture).catch(() => undefined);
    input.value = '';
    if (found === undefined) setWrong('noCode');
    else use(found);
  };

  return (
    <>
      <p class="lead">{words.lead}</p>
      <section class="card">
        <h2>{fill(words.step, { step: 1, what: words.havePass })}</h2>
        {isScanning && <CameraView words={words} onText={use} onEnd={() => setScanning(false)} />}
        {wrong !== undefined && (
          <p class="wrong" role="alert">
            {wrong === 'noCode' ? words.noCode : words.wrong[wrong]}
          </p>
        )}
        {canReadCodes ? (
          <>
            {!isScanning && navigator.mediaDevices !== undefined && (
              <button
                type="button"
                class="primary"
                onClick={() => {
                  setWrong(undefined);
                  setScanning(true);
                }}
              >
                {words.scan}
              </button>
            )}
            <label class="picture">
              {words.takePicture}
              <input
                type="file"
                accept="image/*"
                onChange={(event) => void read(event.currentTarget as HTMLInputElement)}
              />
            </label>
          </>
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
              rows={2}
              maxLength={2000}
              spellcheck={false}
              autocomplete="off"
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <button type="submit" disabled={text.trim() === ''}>
            {words.use}
          </button>
        </form>
      </section>
      {onRequest !== undefined && (
        <section class="card">
          <h2>{words.noPassYet}</h2>
          <p>{words.requestLead}</p>
          <button type="button" onClick={onRequest}>
            {words.makeRequest}
          </button>
        </section>
      )}
      {onBack !== undefined && (
        <button type="button" onClick={onBack}>
          {words.back}
        </button>
      )}
    </>
  );
}
