import { isShutMode } from '../../../core/door/door-mode.ts';
import { ENDING_VERBS, verbsIn } from '../../../core/door/door-orders.ts';
import type { DoorView, SiteOrderView } from '../../../ports/gate-state.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, wordIn } from '../../shared/locale.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, placeWords } from '../orders.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly door: DoorView;
  readonly points: SiteView['accessPoints'];
  /** What the centre orders of the whole site: meanwhile nothing is ordered of the door. */
  readonly site: SiteOrderView['holds'];
  readonly onOrder: Give;
}

const ORDINARY: ReadonlySet<DoorView['mode']> = new Set(['Locked', 'Accessed']);

/** The state of the lock in words. At an exit button in the wire the output rests while a person goes through. */
function lockWords(words: Locale['guard']['doors'], { released, mode }: DoorView): string {
  if (released) return words.released;
  return mode === 'Accessed' ? words.byButton : words.resting;
}

function Bad({ words }: { words: string }) {
  return (
    <li class="badge bad">
      <Icon name="warning" />
      {words}
    </li>
  );
}

export function DoorCard({ door, points, site, onOrder }: Props) {
  const { locale } = useWords();
  const words = locale.guard.doors;
  const { vocabulary } = locale;
  const fire = door.fire === true;
  const alarm = door.alarm !== 'Normal' || fire || door.tamper === 'TamperDetected';
  const isBySite = site !== 'none';
  // In a lockdown of the site people may still be let out.
  const opened = site === 'lockdown' ? points.filter(({ direction }) => direction === 'out') : points;
  const verbs = (isBySite ? [] : verbsIn(door.mode)).map((verb) => (
    <OrderButton
      order={{ type: 'door', door, verb }}
      onOrder={onOrder}
      key={verb}
      class={ENDING_VERBS.has(verb) ? 'primary' : ''}
    >
      {words.verbs[verb].name}
    </OrderButton>
  ));
  const special = !ORDINARY.has(door.mode);
  const inService = points.filter(({ enabled }) => enabled);
  return (
    <article class={alarm ? 'card door alarmed' : 'card door'}>
      <h3>
        <Icon name="lock" />
        {door.name}
      </h3>
      <ul class="badges">
        {fire && <Bad words={words.fire} />}
        {(special || !fire) && (
          <li class={special ? 'badge warn' : 'badge'}>{wordIn(vocabulary.doorMode, door.mode)}</li>
        )}
        <li class="badge">{wordIn(vocabulary.physical, door.physical)}</li>
        {!fire && <li class={door.released ? 'badge good' : 'badge'}>{lockWords(words, door)}</li>}
        {door.alarm !== 'Normal' && <Bad words={vocabulary.alarm[door.alarm]} />}
        {door.tamper === 'TamperDetected' && <Bad words={vocabulary.tamper.TamperDetected} />}
        {door.tamper === 'Unknown' && <li class="badge warn">{vocabulary.tamper.Unknown}</li>}
      </ul>
      <div class="actions">
        {opened.length > 0 && (site === 'lockdown' || !isShutMode(door.mode)) && (
          <OrderButton order={{ type: 'open', accessPoints: opened }} onOrder={onOrder}>
            {site === 'lockdown' ? locale.guard.siteOrder.letOut : words.open}
          </OrderButton>
        )}
        {special && verbs}
      </div>
      {(!special || inService.length > 0) && (
        <details>
          <summary>{special ? words.moreWays : words.more}</summary>
          <div class="actions">
            {!special && verbs}
            {inService.map((point) => (
              <OrderButton order={{ type: 'disable', point }} onOrder={onOrder} key={point.id}>
                {fill(locale.guard.people.disable, { place: placeWords(locale, point) })}
              </OrderButton>
            ))}
          </div>
        </details>
      )}
    </article>
  );
}
