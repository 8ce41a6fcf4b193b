import { useContext } from 'preact/hooks';
import { mayDo } from '../../../core/desk/rights.ts';
import type { BookProps } from '../books/book-props.ts';
import { ListsCard } from '../desk/lists-card.tsx';
import { RoleContext } from '../role.ts';
import { useWords } from '../words.ts';
import { BackupCard } from './backup-card.tsx';
import { DoctorCard } from './doctor-card.tsx';
import { ExportCard } from './export-card.tsx';
import { StandDownCard } from './stand-down-card.tsx';
import { StorageCard } from './storage-card.tsx';
import './upkeep.css';
import { useUpkeep } from './use-upkeep.ts';

/** What the kiosk keeps and how it is: for those who answer for it. */
export function UpkeepBook({ picture, nowMs, onSessionDoubt }: BookProps) {
  const { locale } = useWords();
  const words = locale.guard.upkeep;
  const role = useContext(RoleContext);
  const { view, failed, look } = useUpkeep(onSessionDoubt);
  const end = { onDone: look, onSessionDoubt };
  return (
    <div class="upkeep">
      {failed && (
        <p class="went-wrong" role="status">
          {words.notRead}{' '}
          <button type="button" onClick={() => void look()}>
            {words.again}
          </button>
        </p>
      )}
      <DoctorCard devices={picture.devices} doctor={view?.doctor} nowMs={nowMs} {...end} />
      {view && (
        <>
          <BackupCard backup={view.backup} last={picture.backup} nowMs={nowMs} {...end} />
          <StorageCard storage={view.storage} nowMs={nowMs} />
        </>
      )}
      {picture.lists.length > 0 ? (
        <ListsCard lists={picture.lists} />
      ) : (
        <section class="card" aria-labelledby="lists">
          <h2 id="lists">{locale.guard.lists.title}</h2>
          <p class="none">{words.lists.none}</p>
        </section>
      )}
      {mayDo(role, 'export') && <ExportCard onSessionDoubt={onSessionDoubt} />}
      {mayDo(role, 'stand-down') && <StandDownCard onSessionDoubt={onSessionDoubt} />}
    </div>
  );
}
