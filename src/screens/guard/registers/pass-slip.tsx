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
import type { SlipLine } from './slip-words.ts';
import { usePrinting } from './use-printing.ts';
import './pass-slip.css';

interface Props extends DialogEnd {
  readonly passId: string;
  readonly site: SiteView | undefined;
  /** Print it as soon as it is here. */
  readonly printNow?: boolean;
}

/** The pass of a visitor as a code to photograph, on the receipt printer, and on a page of 80 mm or larger. */
export function PassSlip({ passId, site, printNow = false, onClose, onSessionDoubt }: Props) {
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
  const { printing, print: printSlip } = usePrinting(locale, onSessionDoubt);
  const until = (atMs: number) =>
    `${dayText(language, atMs, timeZone)} ${clockText(language, atMs, timeZone)}`;
  const usesOf = ({ uses }: DeskPass) => (uses === 1 ? words.once : fill(words.often, { count: uses }));
  const unitOf = ({ unit }: DeskPass) => unit && fill(locale.guard.visitors.to, { host: unit });
  const linesOf = (shown: DeskPass): readonly SlipLine[] => [
    { text: site?.name ?? '', dots: 28 },
    { text: [shown.label, unitOf(shown)].filter(Boolean).join(' '), dots: 36, bold: true },
    { text: fill(words.goodUntil, { time: until(shown.untilMs) }), dots: 32, bold: true },
    { text: usesOf(shown), dots: 26 },
  ];
  const toPrinter = (shown: DeskPass) =>
    site?.printer && void printSlip(passId, linesOf(shown), site.printer.dots);
  const isAsked = useRef(printNow);
  useEffect(() => {
    if (!isAsked.current || pass === undefined || pass === 'none') return;
    isAsked.current = false;
    toPrinter(pass);
  });
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
              {unitOf(pass) && <span class="foreign"> {unitOf(pass)}</span>}
            </p>
            <p>{fill(words.goodUntil, { time: until(pass.untilMs) })}</p>
            <p>{usesOf(pass)}</p>
            <p class="hint">{words.photograph}</p>
          </div>
        </div>
      )}
      {printing && (
        <p class={`printing ${printing.state}`} role={printing.state === 'failed' ? 'alert' : 'status'}>
          {printing.words}
        </p>
      )}
      <div class="actions">
        {pass !== undefined && pass !== 'none' && site?.printer && (
          <button
            type="button"
            class="primary"
            disabled={printing?.state === 'printing'}
            onClick={() => toPrinter(pass)}
          >
            {words.print}
          </button>
        )}
        {pass !== undefined && pass !== 'none' && (
          <button type="button" class={site?.printer ? '' : 'primary'} onClick={() => print()}>
            {site?.printer ? words.printer.page : words.print}
          </button>
        )}
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </div>
    </Modal>
  );
}
