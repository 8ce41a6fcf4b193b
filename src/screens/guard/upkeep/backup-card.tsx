import { useContext, useState } from 'preact/hooks';
import { mayDo } from '../../../core/desk/rights.ts';
import type { BackupView } from '../../../ports/gate-state.ts';
import type { UpkeepView } from '../../../ports/upkeep.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { ForInstaller } from '../desk/for-installer.tsx';
import { RoleContext } from '../role.ts';
import { useWords } from '../words.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { useStamp } from './moments.ts';

interface Props {
  readonly backup: UpkeepView['backup'];
  /** As the gate tells all guards; undefined where none is asked for and none was made. */
  readonly last: BackupView | undefined;
  readonly nowMs: number;
  readonly onDone: () => Promise<void>;
  readonly onSessionDoubt: () => Promise<void>;
}

/** How old the last backup is, and a new one on order. */
export function BackupCard({ backup, last, nowMs, onDone, onSessionDoubt }: Props) {
  const words = useWords().locale.guard.upkeep.backup;
  const role = useContext(RoleContext);
  const stamp = useStamp(nowMs);
  const [asks, setAsks] = useState(false);
  const { lacks, folder = '', warnAfterDays, run } = backup;
  const isDue = last?.isDue === true;
  return (
    <section class="card" aria-labelledby="upkeep-backup">
      <div class="card-head">
        <h2 id="upkeep-backup">{words.title}</h2>
        {last && (
          <span class={isDue ? 'badge warn' : 'badge good'}>
            <Icon name={isDue ? 'warning' : 'check'} />
            {isDue ? words.due : words.good}
          </span>
        )}
      </div>
      <p>
        {last?.lastMs === undefined ? words.none : fill(words.last, { time: stamp(last.lastMs) })}{' '}
        {warnAfterDays !== undefined && fill(words.every, { days: warnAfterDays })}
      </p>
      <div role="status">
        {run?.state === 'running' && <p>{fill(words.running, { time: stamp(run.sinceMs) })}</p>}
        {run?.state === 'done' && <p class="good">{fill(words.done, { time: stamp(run.atMs) })}</p>}
        {run?.state === 'failed' && (
          <p class="went-wrong">
            <Icon name="warning" /> {fill(words.failed, { time: stamp(run.atMs) })}
          </p>
        )}
      </div>
      {run !== undefined && run.state !== 'running' && (
        <ForInstaller detail={run.detail} open={run.state === 'failed'} />
      )}
      {lacks !== undefined ? (
        <>
          <p>{words.lacks[lacks]}</p>
          <ForInstaller detail={SETTINGS[lacks]} open={false} />
        </>
      ) : (
        mayDo(role, 'backup') && (
          <div class="actions">
            <button
              type="button"
              class={isDue ? 'primary' : ''}
              disabled={run?.state === 'running'}
              onClick={() => setAsks(true)}
            >
              {words.make}
            </button>
          </div>
        )
      )}
      {asks && (
        <ConfirmDialog
          title={words.title}
          effect={fill(words.ask, { folder })}
          path="/api/upkeep/backup"
          order={() => ({})}
          onDone={() => void onDone()}
          onSessionDoubt={onSessionDoubt}
          onClose={() => setAsks(false)}
        />
      )}
    </section>
  );
}

/** What the config needs, in the words of its keys. */
const SETTINGS = {
  recipient: 'backup.recipient: age1… (gatepost backup keygen)',
  folder: 'backup.folder: /media/backup; sudo gatepost backup /media/stick --config …',
} as const;
