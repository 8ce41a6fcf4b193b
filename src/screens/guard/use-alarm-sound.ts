import { useEffect, useState } from 'preact/hooks';
import type { ChimePlayer } from '../shared/chime.ts';
import type { DoorCall } from './topics.ts';

const ALARM_EVERY_MS = 2_500;
const WAITING_EVERY_MS = 8_000;

interface Calls {
  readonly alarms: readonly DoorCall[];
  /** Access points where somebody waits. */
  readonly waiting: readonly string[];
}

/** Repeats a tone while there is an alarm or somebody waits: the guard may have dozed off. */
export function useAlarmSound(player: ChimePlayer, live: boolean, { alarms, waiting }: Calls) {
  const alarmKey = alarms.map(({ door, kind }) => `${door} ${kind}`).join();
  const waitingKey = waiting.join();
  const [silencedKey, setSilencedKey] = useState('');
  const silenced = alarmKey !== '' && silencedKey === alarmKey;
  useEffect(() => {
    // A silenced alarm that ended and comes back is a new one.
    if (alarmKey === '') setSilencedKey('');
  }, [alarmKey]);
  useEffect(() => {
    const chime = alarmKey !== '' && !silenced ? 'alarm' : waitingKey === '' ? undefined : 'attention';
    if (!live || chime === undefined) return undefined;
    player.play(chime);
    const timer = setInterval(
      () => player.play(chime),
      chime === 'alarm' ? ALARM_EVERY_MS : WAITING_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [player, live, alarmKey, waitingKey, silenced]);
  return { silenced, silence: () => setSilencedKey(alarmKey) };
}
