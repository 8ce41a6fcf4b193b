import { useState } from 'preact/hooks';
import { LONGEST_LABEL, LONGEST_PHONE, LONGEST_PURPOSE, LONGEST_UNIT } from '../../../core/access/bounds.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { fill } from '../../shared/locale.ts';
import { Choices } from '../dialogs/choices.tsx';
import { type DialogEnd, type Draft, ReasonDialog } from '../dialogs/reason-dialog.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import type { Order } from '../orders.ts';
import { useWords } from '../words.ts';
import { PassSlip } from './pass-slip.tsx';
import './registers.css';

const HOURS = ['1', '2', '4', '8', '12', '24'] as const;
const USUAL = '2';
const USES = ['1', '5'] as const;

interface Props extends DialogEnd {
  readonly order: Extract<Order, { type: 'visitor-pass' }>;
  readonly site: SiteView | undefined;
}

/** Enters a visitor and makes the pass: one press on why the visitor comes, and its code is on the screen. */
export function PassDialog({ order: { host }, site, ...end }: Props) {
  const { locale } = useWords();
  const { visitorPass: words, visitors, presets } = locale.guard;
  const longest = site?.deskPassHours ?? 0;
  const offered = HOURS.filter((hours) => Number(hours) <= longest);
  const [made, setMade] = useState<string>();
  const [label, setLabel] = useState('');
  const [unit, setUnit] = useState('');
  const [phone, setPhone] = useState('');
  const [asked, setAsked] = useState(false);
  const [hours, setHours] = useState<(typeof HOURS)[number]>(
    offered.includes(USUAL) ? USUAL : (offered.at(-1) ?? '1'),
  );
  const [prints, setPrints] = useState(site?.printer !== undefined);
  const [uses, setUses] = useState<(typeof USES)[number]>('1');
  if (made !== undefined) return <PassSlip passId={made} site={site} printNow={prints} {...end} />;

  const draft = (note: string): Draft => {
    if (label.trim() === '') return { problem: visitors.noWho };
    return {
      type: 'visitor-pass',
      label,
      ...(phone.trim() !== '' && { phone }),
      ...(unit.trim() !== '' && { unit }),
      ...(host?.holderRef !== undefined && { hostRef: host.holderRef }),
      purpose: note.slice(0, LONGEST_PURPOSE),
      hostConfirmed: asked,
      hours: Number(hours),
      uses: Number(uses),
      note,
    };
  };
  return (
    <ReasonDialog
      title={words.title}
      presets={presets.visitor}
      instant={true}
      draft={draft}
      onDone={({ passId }) => setMade(String(passId))}
      {...end}
    >
      <div class="pair">
        <TextField label={visitors.who} maxLength={LONGEST_LABEL} value={label} onText={setLabel} />
        {host === undefined ? (
          <TextField label={visitors.where} maxLength={LONGEST_UNIT} value={unit} onText={setUnit} />
        ) : (
          <p class="fixed">
            {visitors.where}
            <strong>{host.words}</strong>
          </p>
        )}
      </div>
      <label class="tick">
        <input type="checkbox" checked={asked} onChange={(event) => setAsked(event.currentTarget.checked)} />
        {words.asked}
      </label>
      <Choices
        legend={words.howLong}
        name="hours"
        value={hours}
        choices={offered.map((value) => ({ value, words: fill(visitors.hours, { count: value }) }))}
        onChoose={setHours}
      />
      <Choices
        legend={words.howOften}
        name="uses"
        value={uses}
        choices={USES.map((value) => ({
          value,
          words: value === '1' ? words.once : fill(words.often, { count: value }),
        }))}
        onChoose={setUses}
      />
      <div class="pair">
        <TextField label={visitors.phone} maxLength={LONGEST_PHONE} value={phone} onText={setPhone} />
        {site?.printer && (
          <label class="tick">
            <input
              type="checkbox"
              checked={prints}
              onChange={(event) => setPrints(event.currentTarget.checked)}
            />
            {words.printer.atOnce}
          </label>
        )}
      </div>
    </ReasonDialog>
  );
}
