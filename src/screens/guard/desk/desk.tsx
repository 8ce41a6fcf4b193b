import type { ComponentChildren } from 'preact';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { isCall } from '../../../core/access/attention.ts';
import type { TalkTold } from '../../../core/assist/talk.ts';
import { mayDo } from '../../../core/desk/rights.ts';
import type { VisitorView } from '../../../ports/boards.ts';
import { postJson } from '../../shared/api.ts';
import { useChimes } from '../../shared/chime.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { useLiveFeed } from '../../shared/use-live-feed.ts';
import { AccountDialog } from '../accounts/account-dialog.tsx';
import { BOOKS } from '../books/books.ts';
import { Bookshelf } from '../books/bookshelf.tsx';
import { OrderDialog } from '../dialogs/order-dialog.tsx';
import { AlarmBanner } from '../doors/alarm-banner.tsx';
import { AttentionList } from '../doors/attention-list.tsx';
import { DeviceStrip } from '../doors/device-strip.tsx';
import { DoorCard } from '../doors/door-card.tsx';
import { SiteOrderBanner } from '../doors/site-order-banner.tsx';
import { GuardState } from '../guard-state.ts';
import { type Named, namedBy, type Order } from '../orders.ts';
import { DecisionList } from '../people/decision-list.tsx';
import { PersonCard } from '../people/person-card.tsx';
import { RoleContext } from '../role.ts';
import { TalkCards } from '../talk/talk-cards.tsx';
import { type GuardTalk, TalkContext, useGuardTalk } from '../talk/use-talk.ts';
import { useWords, type Words, WordsContext } from '../words.ts';
import { type Attendance, AttendanceContext, useDeskActivity } from './attendance.ts';
import { AwayBanner } from './away-banner.tsx';
import { useDisplay } from './display.ts';
import { DisplayDialog } from './display-dialog.tsx';
import { Header, Who } from './header.tsx';
import { RuleDesk } from './rule-desk.tsx';
import { HandoverBanner } from './shift-card.tsx';
import { Tabs } from './tabs.tsx';
import { ThumbBar, useNarrow } from './thumb-bar.tsx';
import { useAlarmSound } from './use-alarm-sound.ts';
import { useKeptFocus } from './use-kept-focus.ts';
import { useSiteTime } from './use-site-time.ts';

interface DeskProps {
  readonly operator: string;
  readonly languages: ComponentChildren;
  /** Called when the session may be over. */
  readonly onSessionDoubt: () => Promise<void>;
}

type Tab = 'gate' | 'desk' | 'books';

function isUnconfirmed({ hostConfirmed }: VisitorView): boolean {
  return !hostConfirmed;
}

function namedAt(
  picture: GuardState,
  points: Extract<Order, { type: 'open' }>['accessPoints'],
): Record<string, Named> {
  return Object.fromEntries(points.map(({ id }) => [id, namedBy(picture.passage(id))]));
}

/** Everything a signed-in guard sees. */
export function Desk({ operator, languages, onSessionDoubt }: DeskProps) {
  const { language, locale } = useWords();
  const { presence, attended, setAttended } = useDeskActivity();
  // The heartbeat keeps the session of an open page, because a desk that is signed out at night raises no alarms.
  const feed = useLiveFeed({ path: '/ws/guard', heartbeat: presence.report, onLost: onSessionDoubt });
  const picture = useMemo(() => new GuardState(feed.topics), [feed.topics]);
  const { live, lostAtMs, send } = feed;
  const talk = useGuardTalk({ live, send, told: feed.topics.talk as TalkTold | undefined });
  const { site } = picture;
  const siteTime = useSiteTime(picture.clock);
  const timeZone = site?.timeZone;
  const [order, setOrder] = useState<Order>();
  const opener = useRef<Element | null>(null);
  const onOrder = (next: Order) => {
    if (order === undefined) opener.current = document.activeElement;
    setOrder(next.type === 'open' ? { named: namedAt(picture, next.accessPoints), ...next } : next);
  };
  const onOrderEnd = () => {
    setOrder(undefined);
    // After a second dialog the browser would return the focus to the first one, which is closed.
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  useKeptFocus();
  useEffect(() => {
    if (!live) setOrder(undefined);
  }, [live]);

  const { player, audible } = useChimes();
  const { calls, attention } = picture;
  const calling = attention.filter(isCall).map(({ id, sinceMs }) => `${id} ${sinceMs}`);
  const { nowMs } = siteTime;
  const screen = useDisplay(site, nowMs);
  const waiting = [...picture.waiting, ...calling];
  const sound = useAlarmSound(player, { live, loudness: screen.loudness }, { alarms: calls, waiting });
  const [tab, setTab] = useState<Tab>('gate');
  /** Where a book was asked for from elsewhere: which, and how often so far. */
  const [asked, setAsked] = useState<{ readonly book?: string; readonly times: number }>({ times: 0 });
  const openBook = (book: string | undefined, next: Tab) => {
    setAsked(({ times }) => ({ ...(book !== undefined && { book }), times: times + 1 }));
    setTab(next);
  };
  const maySeeInside = mayDo(useContext(RoleContext), 'muster');
  const visitors = picture.visitors(nowMs);
  const signOut = async () => {
    await postJson('/api/logout', {});
    await onSessionDoubt();
  };

  const attendance = {
    attended,
    fire: picture.doors.some(({ fire }) => fire === true),
    onLeft: () => setAttended(false),
    onBack: () => setAttended(true),
  };
  const narrow = useNarrow();
  const [asking, setAsking] = useState<'account' | 'display'>();
  const who = <Who {...{ operator, languages, signOut }} onAccount={() => setAsking('account')} />;
  const stale = !live && lostAtMs !== undefined;
  return (
    <DeskContexts words={{ language, locale, timeZone }} attendance={attendance} talk={talk}>
      <div class={stale ? 'desk stale' : 'desk'}>
        <a class="skip" href="#people">
          {locale.guard.skip}
        </a>
        <Header {...{ picture, live, siteTime, audible }}>{!narrow && who}</Header>
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
        {live && !attended && <AwayBanner presence={presence} onSessionDoubt={onSessionDoubt} />}
        <main inert={!live} class="panes">
          {live && (
            <AlarmBanner
              alarms={calls}
              silenced={sound.silenced}
              onSilence={sound.silence}
              onInside={maySeeInside ? () => openBook('muster', 'books') : undefined}
            />
          )}
          <SiteOrderBanner order={picture.siteOrder} onOrder={onOrder} />
          {live && <TalkCards calls={picture.assists} onSessionDoubt={onSessionDoubt} />}
          <HandoverBanner
            handedOver={picture.shift?.handedOver}
            operator={operator}
            onSessionDoubt={onSessionDoubt}
          />
          <AttentionList
            items={attention}
            calls={picture.assists}
            decisions={picture.decisions}
            devices={picture.devices}
            onOrder={onOrder}
            onSessionDoubt={onSessionDoubt}
          />
          <div class="left">
            <section aria-labelledby="people">
              <h2 id="people" tabIndex={-1}>
                {locale.guard.people.title}
              </h2>
              {site?.accessPoints.map((point) => (
                <PersonCard
                  key={point.id}
                  point={point}
                  passage={picture.passage(point.id)}
                  reading={picture.reading(point.id)}
                  thermometer={picture.hasThermometer(point.id)}
                  byHand={(site.contactReading?.methods.length ?? 0) > 0}
                  visitors={visitors}
                  onOrder={onOrder}
                />
              ))}
            </section>
            <section aria-labelledby="doors">
              <h2 id="doors">{locale.guard.doors.title}</h2>
              {picture.doors.map((door) => (
                <DoorCard
                  key={door.door}
                  door={door}
                  site={picture.siteOrder?.holds ?? 'none'}
                  points={site?.accessPoints.filter((point) => point.door === door.door) ?? []}
                  onOrder={onOrder}
                />
              ))}
            </section>
          </div>
          <div class="right">
            <Tabs
              value={tab}
              controls="panel"
              tabs={[
                { id: 'gate', words: locale.guard.tabs.gate },
                { id: 'desk', words: locale.guard.tabs.desk, count: visitors.filter(isUnconfirmed).length },
                ...(BOOKS.length > 0 ? [{ id: 'books' as const, words: locale.guard.tabs.books }] : []),
              ]}
              onChoose={(next) => openBook(undefined, next)}
            />
            <div id="panel" class="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
              {tab === 'gate' && (
                <>
                  <DeviceStrip devices={picture.devices} />
                  <DecisionList
                    decisions={picture.decisions}
                    visitors={visitors}
                    nowMs={nowMs}
                    byHand={(site?.contactReading?.methods.length ?? 0) > 0}
                    onOrder={onOrder}
                  />
                </>
              )}
              {tab === 'desk' && <RuleDesk {...{ picture, nowMs, operator, onOrder, onSessionDoubt }} />}
              {tab === 'books' && (
                <Bookshelf
                  key={asked.times}
                  first={asked.book}
                  {...{ picture, nowMs, operator, onOrder, onSessionDoubt }}
                />
              )}
            </div>
          </div>
        </main>
        {narrow && <footer class="foot-who">{who}</footer>}
        {narrow && live && <ThumbBar {...{ picture, onOrder, onSessionDoubt }} />}
        {asking === 'account' && (
          <AccountDialog
            operator={operator}
            onSessionDoubt={onSessionDoubt}
            onClose={() => setAsking((now) => (now === 'account' ? undefined : now))}
            onDisplay={() => setAsking('display')}
          />
        )}
        {asking === 'display' && (
          <DisplayDialog {...screen} player={player} onClose={() => setAsking(undefined)} />
        )}
        {order && live && (
          <OrderDialog
            key={order.type}
            order={order}
            site={site}
            decisions={picture.decisions}
            nowMs={nowMs}
            onOrder={onOrder}
            onSessionDoubt={onSessionDoubt}
            onClose={onOrderEnd}
          />
        )}
      </div>
    </DeskContexts>
  );
}

interface DeskContextsProps {
  readonly words: Words;
  readonly attendance: Attendance;
  readonly talk: GuardTalk;
  readonly children: ComponentChildren;
}

/** Provides the contexts of all components of the desk. */
function DeskContexts({ words, attendance, talk, children }: DeskContextsProps) {
  return (
    <WordsContext.Provider value={words}>
      <AttendanceContext.Provider value={attendance}>
        <TalkContext.Provider value={talk}>{children}</TalkContext.Provider>
      </AttendanceContext.Provider>
    </WordsContext.Provider>
  );
}
