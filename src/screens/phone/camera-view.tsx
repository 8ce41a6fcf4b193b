import { useEffect, useRef, useState } from 'preact/hooks';
import type { Locale } from '../shared/locale.ts';
import { readCode } from './read-code.ts';

interface Props {
  readonly words: Locale['phone'];
  readonly onText: (text: string) => void;
  readonly onEnd: () => void;
}

/** Between two looks, in milliseconds. */
const LOOK_MS = 200;
/** Longest side of what is looked at, in pixels: enough for a code that fills half of the view. */
const SIDE_MAX = 1_280;

/** What the camera sees, until a code is in it. No picture is kept or sent. */
export function CameraView({ words, onText, onEnd }: Props) {
  const view = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<'refused' | 'missing'>();
  useEffect(() => {
    const ended = new AbortController();
    const look = async (): Promise<void> => {
      if (view.current === null) return;
      const text = await firstCode(view.current, ended.signal);
      if (text === undefined) return;
      onEnd();
      onText(text);
    };
    look().catch((error: unknown) => {
      if (!(error instanceof DOMException)) throw error;
      if (!ended.signal.aborted) setTrouble(error.name === 'NotAllowedError' ? 'refused' : 'missing');
    });
    return () => ended.abort();
  }, []);
  return (
    <>
      {trouble === undefined ? (
        <>
          <video ref={view} class="camera" muted playsInline aria-label={words.scan} />
          <p>{words.scanHow}</p>
        </>
      ) : (
        <p class="wrong" role="alert">
          {trouble === 'refused' ? words.cameraRefused : words.cameraMissing}
        </p>
      )}
      <button type="button" onClick={onEnd}>
        {words.scanEnd}
      </button>
    </>
  );
}

/** The first code that the camera sees; undefined if `signal` ends the search. @throws DOMException without a camera */
async function firstCode(view: HTMLVideoElement, signal: AbortSignal): Promise<string | undefined> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  try {
    if (signal.aborted) return undefined;
    view.srcObject = stream;
    await view.play();
    while (!signal.aborted) {
      const text = await readCode(pictureOf(view));
      if (text !== undefined) return text;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return undefined;
  } catch (error) {
    // The view went while it began to play.
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}

function pictureOf(view: HTMLVideoElement): ImageData {
  const scale = Math.min(1, SIDE_MAX / Math.max(view.videoWidth, view.videoHeight, 1));
  const [width, height] = [view.videoWidth, view.videoHeight].map((side) =>
    Math.max(1, Math.round(side * scale)),
  );
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1);
  const context = canvas.getContext('2d');
  if (context === null) throw new DOMException('This browser draws no pictures', 'NotSupportedError');
  context.drawImage(view, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
