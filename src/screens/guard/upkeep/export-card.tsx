import { useState } from 'preact/hooks';
import { EXPORT_FORMATS, type ExportFormat } from '../../../core/access/vocabulary.ts';
import { Choices } from '../dialogs/choices.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { useWords } from '../words.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';

/** Takes the log away as a file, with the password, on record. */
export function ExportCard({ onSessionDoubt }: { readonly onSessionDoubt: () => Promise<void> }) {
  const words = useWords().locale.guard.upkeep.export;
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [asks, setAsks] = useState(false);
  const [started, setStarted] = useState(false);
  const begin = () => {
    setStarted(false);
    setAsks(true);
  };
  const order = () =>
    from !== '' && to !== '' && from > to
      ? words.order
      : { format, ...(from === '' ? {} : { from }), ...(to === '' ? {} : { to }) };
  return (
    <section class="card" aria-labelledby="upkeep-export">
      <h2 id="upkeep-export">{words.title}</h2>
      <p>{words.about}</p>
      <p role="status">{started && words.started}</p>
      <div class="actions">
        <button type="button" onClick={begin}>
          {words.make}
        </button>
      </div>
      {asks && (
        <ConfirmDialog
          title={words.title}
          effect={words.ask}
          path="/api/upkeep/export"
          order={order}
          onDone={({ body }) => {
            setStarted(true);
            if (typeof body.path === 'string') fetchFile(body.path);
          }}
          onSessionDoubt={onSessionDoubt}
          onClose={() => setAsks(false)}
        >
          <Choices
            legend={words.format}
            name="format"
            value={format}
            choices={EXPORT_FORMATS.map((value) => ({ value, words: words[value] }))}
            onChoose={setFormat}
          />
          <div class="pair">
            <TextField label={words.from} type="date" value={from} onText={setFrom} />
            <TextField label={words.to} type="date" value={to} onText={setTo} />
          </div>
          <p class="fine">{words.free}</p>
        </ConfirmDialog>
      )}
    </section>
  );
}

/** The browser writes the file as it comes; the page holds none of it. */
function fetchFile(path: string): void {
  const link = document.createElement('a');
  link.href = path;
  link.download = '';
  link.click();
}
