import { useEffect, useRef, useState } from 'preact/hooks';
import type { DeskPass } from '../../../ports/desk-passes.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { getJson } from '../../shared/api.ts';
import { fill } from '../../shared/locale.ts';
import { QrImage } from '../../shared/qr-image.tsx';
import { clockText, dayText } from '../../shared/times.ts';
import { Modal } from '../dialogs/modal.tsx';
import type { DialogEnd } from '../dialogs/reason-dialog.tsx';
import { useWords } from '../words.ts';
import './pass-slip.css';

interface Props extends DialogEnd {
  readonly passId: string;
  readonly site: SiteView | undefined;
}

/** The pass of a visitor as a code to photograph, and on paper of 80 mm or larger. */
export function PassSlip({ passId, site, onClose, onSessionDoubt }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.visitorPass;
  const dialog = useRef<HTMLDialogElement>(null);
  const [pass, setPass] = useState<DeskPass | 'none'>();
  useEffect(() => {
    let wanted = true;
    void getJson(`/api/guard/visitor-pass/${passId}`).then(async (answer) => {
      if (!wanted) return;
      if (answer !== 'unreachable' && answer.status === 401) await onSessionDoubt();
      // The server's word: both are built from the same port.
      const found = answer !== 'unreachable' && answer.status === 200;
      setPass(found ? (answer.body as unknown as DeskPass) : 'none');
    });
    return () => {
      wanted = false;
    };
  }, [passId, onSessionDoubt]);
  const until = (atMs: number) =>
    `${dayText(language, atMs, timeZone)} ${clockText(language, atMs, timeZone)}`;
  return (
    <Modal wide title={words.title} dialog={dialog} onClose={onClose}>
      {pass === undefined && <p role="status">{words.loading}</p>}
      {pass === 'none' && <p role="alert">{words.gone}</p>}
      {pass !== undefined && pass !== 'none' && (
        <div class="pass-slip">
          <QrImage text={pass.text} />
          <div>
            <p>
              <strong>{site?.name}</strong>
            </p>
            <p>
              <strong class="foreign">{pass.label}</strong>
              {pass.unit && (
                <span class="foreign"> {fill(locale.guard.visitors.to, { host: pass.unit })}</span>
              )}
            </p>
            <p>{fill(words.goodUntil, { time: until(pass.untilMs) })}</p>
            <p>{pass.uses === 1 ? words.once : fill(words.often, { count: pass.uses })}</p>
            <p class="hint">{words.photograph}</p>
          </div>
        </div>
      )}
      <div class="actions">
        {pass !== undefined && pass !== 'none' && (
          <button type="button" class="primary" onClick={() => print()}>
            {words.print}
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </div>
    </Modal>
  );
}
