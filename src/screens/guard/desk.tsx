import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Answer, postJson } from '../shared/api.ts';
import { useChimes } from '../shared/chime.ts';
import { Icon } from '../shared/icon.tsx';
import { fill } from '../shared/locale.ts';
import { clockText } from '../shared/times.ts';
import { useLiveFeed } from '../shared/use-live-feed.ts';
import { AlarmBanner } from './alarm-banner.tsx';
import { DecisionList } from './decision-list.tsx';
import { DeviceStrip } from './device-strip.tsx';
import { DoorCard } from './door-card.tsx';
import { Header } from './header.tsx';
import { type Order, OrderDialog } from './order-dialog.tsx';
import { PersonCard } from './person-card.tsx';
import { GuardPicture } from './topics.ts';
import { useAlarmSound } from './use-alarm-sound.ts';
import { useSiteTime } from './use-site-time.ts';
import { useWords, WordsContext } from './words.ts';

interface Props {
  readonly operator: string;
  readonly languages: ComponentChildren;
  /** Called when the session may be over. */
  readonly onSessionDoubt: () => Promise<void>;
}

/** The session of an open page is in use: a desk that signs itself out at night raises no alarms. */
function stayInUse(timeoutMs: number): Promise<Answer> {
  return postJson('/api/session', {}, timeoutMs);
}

/** Everything a signed-in guard sees. */
export function Desk({ operator, languages, onSessionDoubt }: Props) {
  const { language, locale } = useWords();
  const feed = useLiveFeed({ path: '/ws/guard', heartbeat: stayInUse, onLost: onSessionDoubt });
  const picture = useMemo(() => new GuardPicture(feed.topics), [feed.topics]);
  const { live, lostAtMs } = feed;
  const { site } = picture;
  const siteTime = useSiteTime(picture.clock);
  const timeZone = site?.timeZone;
  const [order, setOrder] = useState<Order>();
  useEffect(() => {
    if (!live) setOrder(undefined);
  }, [live]);

  const { player, audible } = useChimes();
  const alarms = picture.doors.filter(({ alarm }) => alarm !== 'Normal');
  const sound = useAlarmSound(player, live, { alarms, waiting: picture.waiting });
  const signOut = async () => {
    await postJson('/api/logout', {});
    await onSessionDoubt();
  };

  const stale = !live && lostAtMs !== undefined;
  return (
    <WordsContext.Provider value={{ language, locale, timeZone }}>
      <div class={stale ? 'desk stale' : 'desk'}>
        <Header {...{ picture, live, siteTime, operator, languages, audible, signOut }} />
        {stale && (
          <section class="stale-banner" role="alert">
            <Icon name="warning" />
            <div>
              <strong>
                {fill(locale.guard.stale.title, {
                  time: clockText(language, lostAtMs + siteTime.offsetMs, timeZone),
                })}
              </strong>
              <p>{locale.guard.stale.text}</p>
            </div>
          </section>
        )}
        <main inert={!live} class="panes">
          {live && <AlarmBanner alarms={alarms} silenced={sound.silenced} onSilence={sound.silence} />}
          <div class="left">
            <section aria-labelledby="people">
              <h2 id="people">{locale.guard.people.title}</h2>
              {site?.accessPoints.map((point) => (
                <PersonCard
                  key={point.id}
                  point={point}
                  passage={picture.passage(point.id)}
                  reading={picture.reading(point.id)}
                  onOrder={setOrder}
                />
              ))}
            </section>
            <section aria-labelledby="doors">
              <h2 id="doors">{locale.guard.doors.title}</h2>
              {picture.doors.map((door) => (
                <DoorCard
                  key={door.door}
                  door={door}
                  points={site?.accessPoints.filter((point) => point.door === door.door) ?? []}
                  onOrder={setOrder}
                />
              ))}
            </section>
          </div>
          <div class="right">
            <DeviceStrip devices={picture.devices} />
            <DecisionList decisions={picture.decisions} />
          </div>
        </main>
        {order && live && (
          <OrderDialog order={order} onSessionDoubt={onSessionDoubt} onClose={() => setOrder(undefined)} />
        )}
      </div>
    </WordsContext.Provider>
  );
}
