import { useEffect, useRef, useState } from 'preact/hooks';
import {
  type ContactMethod,
  type ContactSettings,
  contactOutcome,
  readDegrees,
} from '../../../core/screening/contact-reading.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale } from '../../shared/locale.ts';
import { Choices } from '../dialogs/choices.tsx';
import { Modal } from '../dialogs/modal.tsx';
import { PasswordField } from '../dialogs/password-field.tsx';
import type { DialogEnd } from '../dialogs/reason-dialog.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { useSending } from '../dialogs/use-sending.ts';
import type { Order } from '../orders.ts';
import { useWords } from '../words.ts';
import { ElevatedSheet } from './elevated-sheet.tsx';

export interface ContactDialogProps extends DialogEnd {
  readonly order: Extract<Order, { type: 'contact-reading' }>;
  readonly site: SiteView | undefined;
  readonly nowMs: number;
}

/** What is wrong with what was typed, and what to do. */
function problemWords(locale: Locale, read: Exclude<ReturnType<typeof readDegrees>, { degreesC: number }>) {
  const words = locale.guard.contact;
  return read.problem === 'point' ? fill(words.point, { meant: read.meant }) : words[read.problem];
}

/**
 * Takes what a contact thermometer shows. A reading in order lets the person through at one press on a reason; an elevated
 * one is noted and followed by the sheet that says what to do. The field has the focus at once: what a scanner types into it
 * is no reading.
 */
export function ContactDialog(props: ContactDialogProps) {
  const { order, site, nowMs, onClose, onSessionDoubt } = props;
  const { locale } = useWords();
  const { contact: words, elevated, people, dialog: common, presets } = locale.guard;
  const settings: ContactSettings = site?.contactReading ?? NONE;
  const dialog = useRef<HTMLDialogElement>(null);
  const field = useRef<HTMLDivElement>(null);
  const [method, setMethod] = useState<ContactMethod>(settings.methods[0] ?? 'axillary');
  const [typed, setTyped] = useState('');
  const [shows, setShows] = useState<'form' | 'noted' | 'sheet'>('form');
  const sending = useSending('attended', onSessionDoubt);
  const { busy, problem, setProblem } = sending;
  const { accessPoint, passage } = order;

  const read = readDegrees(typed);
  const measured = 'degreesC' in read ? { method, degreesC: read.degreesC } : undefined;
  const outcome = measured && contactOutcome(measured, settings);
  const tell = () => {
    if (!('degreesC' in read)) setProblem(problemWords(locale, read));
  };
  const letIn = async (note: string) => {
    if (measured === undefined) return tell();
    const named = { accessPoint: accessPoint.id, passage, ...(order.overrule && { overrule: true }) };
    const done = await sending.send({ type: 'open', ...named, contactReading: measured, note });
    if (done) dialog.current?.close();
  };
  const noteIt = async () => {
    if (measured === undefined) return tell();
    const about = { accessPoint: accessPoint.id, passage, contactReading: measured };
    if (!(await sending.send({ type: 'contact-reading', ...about }))) return;
    if (outcome === 'elevated') setShows('noted');
    else dialog.current?.close();
  };

  useEffect(() => field.current?.querySelector('input')?.focus(), []);

  const end = (
    <button type="button" onClick={() => dialog.current?.close()}>
      {shows === 'form' ? common.cancel : words.close}
    </button>
  );
  if (shows !== 'form') {
    return (
      <Modal title={shows === 'noted' ? words.noted : elevated.title} dialog={dialog} onClose={onClose}>
        <ElevatedSheet site={site} nowMs={nowMs} />
        <div class="actions">
          <button type="button" onClick={() => window.print()}>
            {elevated.print}
          </button>
          {end}
        </div>
      </Modal>
    );
  }
  return (
    <Modal title={words.title} wide={true} dialog={dialog} onClose={onClose}>
      <form
        class="asks"
        onSubmit={(event) => {
          event.preventDefault();
          if (outcome === 'elevated') void noteIt();
          else tell();
        }}
      >
        <div>
          {settings.methods.length > 1 ? (
            <Choices
              legend={words.where}
              name="method"
              value={method}
              choices={settings.methods.map((one) => ({ value: one, words: words.methods[one] }))}
              onChoose={setMethod}
            />
          ) : (
            <p>{words.methods[method]}</p>
          )}
          <div class="degrees-field" ref={field}>
            <TextField
              label={words.degrees}
              inputMode="decimal"
              maxLength={8}
              value={typed}
              onText={(text) => {
                setTyped(text);
                setProblem(undefined);
              }}
            />
          </div>
          <p class={`judged ${outcome ?? ''}`} aria-live="polite">
            {outcome && <Icon name={outcome === 'normal' ? 'check' : 'warning'} />}
            {outcome
              ? fill(words[outcome], { threshold: settings.thresholdsC[method].toFixed(1) })
              : words.example}
          </p>
          {sending.asksPassword && <PasswordField value={sending.password} onText={sending.setPassword} />}
        </div>
        <div>
          {outcome === 'elevated' ? (
            <>
              <p>{words.doNotLetIn}</p>
              <button type="submit" class="primary" disabled={busy}>
                {words.noteElevated}
              </button>
            </>
          ) : (
            <>
              <p>
                {accessPoint.direction === 'in' ? people.letIn : people.letOut}: {common.why}
              </p>
              <div class="presets">
                {presets.contact.map((preset) => (
                  <button key={preset} type="button" disabled={busy} onClick={() => void letIn(preset)}>
                    {preset}
                  </button>
                ))}
              </div>
            </>
          )}
        </div>
      </form>
      <div class="dialog-end">
        <p role="alert" class="problem">
          {problem}
        </p>
        <div class="actions">
          {outcome !== 'elevated' && (
            <button type="button" disabled={busy} onClick={() => void noteIt()}>
              {words.noteOnly}
            </button>
          )}
          <button type="button" onClick={() => setShows('sheet')}>
            {words.sheet}
          </button>
          {end}
        </div>
      </div>
    </Modal>
  );
}

const NONE: ContactSettings = { methods: [], thresholdsC: { axillary: 0, oral: 0, tympanic: 0 } };
