import { useEffect, useRef } from 'preact/hooks';
import { REFUSED } from './paced-keys.ts';

const SHOWN_MS = 6_000;

/** Shows above everything, also dialogs, that keys came as fast as from a scanner and were ignored. */
export function ScanNotice({ words }: { words: string }) {
  const notice = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const hide = () => notice.current?.hidePopover();
    const show = () => {
      clearTimeout(timer);
      // Hidden and shown again, so that it is above a dialog that was opened meanwhile.
      hide();
      notice.current?.showPopover();
      timer = setTimeout(hide, SHOWN_MS);
    };
    addEventListener(REFUSED, show);
    return () => {
      removeEventListener(REFUSED, show);
      clearTimeout(timer);
    };
  }, []);
  return (
    <p ref={notice} popover="manual" role="status" class="scan-notice">
      {words}
    </p>
  );
}
