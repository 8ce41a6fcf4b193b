import type { ComponentChildren } from 'preact';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { pastDayText, secondsText } from '../../shared/times.ts';
import type { GuardState } from '../guard-state.ts';
import { useWords } from '../words.ts';
import { levelWords } from './level-card.tsx';
import type { SiteTime } from './use-site-time.ts';

const DAY_MS = 86_400_000;

interface Props {
  readonly picture: GuardState;
  readonly live: boolean;
  readonly siteTime: SiteTime;
  readonly audible: boolean;
  /** Who is signed in; absent where the page is so narrow that it stands at its end. */
  readonly children?: ComponentChildren;
}

export function Header({ picture, live, siteTime, audible, children }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.header;
  const { site, clock } = picture;
  return (
    <header class="head">
      <div class="place">
        <h1>{site?.name ?? locale.guard.title}</h1>
        {site && <span>{`${site.site} / ${site.gate}`}</span>}
      </div>
      <time class="now">{secondsText(language, siteTime.nowMs, timeZone)}</time>
      <ul class="badges">
        <li class={live ? 'badge good' : 'badge bad'}>
          <Icon name={live ? 'check' : 'warning'} />
          {live ? words.live : words.notLive}
        </li>
        {live && site && (
          <li class="badge usual">
            {words.policy} {levelWords(locale, site.policy.level)} ({site.policy.version})
          </li>
        )}
        {live && picture.queue && <Uplink queue={picture.queue} />}
        {live &&
          picture.servers.map(({ server, isLate }) =>
            isLate ? (
              <li class="badge warn">
                <Icon name="warning" />
                {fill(words.serverLate, { server })}
              </li>
            ) : null,
          )}
        {live && picture.backup && <Backup backup={picture.backup} nowMs={siteTime.nowMs} />}
        {live && picture.https && <Https https={picture.https} nowMs={siteTime.nowMs} />}
        {live && clock && clock.quality !== 'synced' && (
          <li class="badge warn">
            <Icon name="warning" />
            {locale.vocabulary.timeQuality[clock.quality]}
          </li>
        )}
        {site?.recordsDegrees && <li class="badge warn">{words.degrees}</li>}
        {site?.simulated && <li class="badge simulated">{locale.common.simulated}</li>}
        {!audible && (
          <li>
            <button type="button" class="badge warn">
              <Icon name="muted" />
              {words.soundOff}
            </button>
          </li>
        )}
      </ul>
      {children}
    </header>
  );
}

interface WhoProps {
  readonly operator: string;
  readonly languages: ComponentChildren;
  readonly signOut: () => Promise<void>;
  /** Asks for the dialog about the account. */
  readonly onAccount: () => void;
}

/** The languages, and who is signed in. */
export function Who({ operator, languages, signOut, onAccount }: WhoProps) {
  const { locale } = useWords();
  const words = locale.guard.header;
  return (
    <div class="who">
      {languages}
      <button type="button" aria-haspopup="dialog" title={locale.guard.accounts.open} onClick={onAccount}>
        <span class="operator-word">{words.operator}: </span>
        <strong>{operator}</strong>
      </button>
      <button type="button" onClick={() => void signOut()}>
        {words.signOut}
      </button>
    </div>
  );
}

interface BackupProps {
  readonly backup: NonNullable<GuardState['backup']>;
  readonly nowMs: number;
}

function Backup({ backup: { lastMs, isDue }, nowMs }: BackupProps) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.header;
  const date = lastMs === undefined ? undefined : pastDayText(language, lastMs, nowMs, timeZone);
  if (date === undefined && !isDue) return null;
  return (
    <li class={isDue ? 'badge warn' : 'badge usual'}>
      {date === undefined ? words.backupNone : fill(isDue ? words.backupDue : words.backupDone, { date })}
    </li>
  );
}

interface HttpsProps {
  readonly https: NonNullable<GuardState['https']>;
  readonly nowMs: number;
}

/** Nothing while all is well; what is wrong in detail is in the log and in gatepost doctor. */
function Https({ https: { state, notAfterMs, detail }, nowMs }: HttpsProps) {
  const words = useWords().locale.guard.header;
  if (detail === undefined) return null;
  const days = notAfterMs === undefined ? 0 : Math.max(0, Math.floor((notAfterMs - nowMs) / DAY_MS));
  const what = { missing: words.httpsMissing, ended: words.httpsEnded, served: words.httpsDue }[state];
  return (
    <li class="badge warn" title={detail}>
      <Icon name="warning" />
      {fill(what, { count: days })}
    </li>
  );
}

function Uplink({ queue }: { queue: NonNullable<GuardState['queue']> }) {
  const words = useWords().locale.guard.header;
  const waiting = queue.pending > 0 ? fill(words.uplinkPending, { count: queue.pending }) : undefined;
  return (
    <li class={queue.connected ? 'badge usual' : 'badge warn'}>
      <Icon name={queue.connected ? 'check' : 'warning'} />
      {[queue.connected ? words.uplinkOk : words.uplinkOff, waiting].filter(Boolean).join(' · ')}
    </li>
  );
}
