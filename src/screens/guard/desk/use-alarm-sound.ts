import { useEffect, useState } from 'preact/hooks';
import type { ChimePlayer } from '../../shared/chime.ts';
import type { DoorCall } from '../guard-state.ts';

const ALARM_EVERY_MS = 2_500;
const WAITING_EVERY_MS = 8_000;

interface Calls {
  readonly alarms: readonly DoorCall[];
  /** Access points where a person waits. */
  readonly waiting: readonly string[];
}

/** Repeats a tone while there is an alarm or a person waits, because the guard may be asleep. */
export function useAlarmSound(player: ChimePlayer, live: boolean, { alarms, waiting }: Calls) {
  const alarmKey = alarms.map(({ door, kind }) => `${door} ${kind}`).join();
  const waitingKey = waiting.join();
  const [silencedKey, setSilencedKey] = useState('');
  const silenced = alarmKey !== '' && silencedKey === alarmKey;
  useEffect(() => {
    // An alarm that comes back after it ended is a new one and is not silenced.
    if (alarmKey === '') setSilencedKey('');
  }, [alarmKey]);
  const chime = alarmKey !== '' && !silenced ? 'alarm' : waitingKey === '' ? undefined : 'attention';
  useRepeatedChime(player, live ? chime : undefined, `${alarmKey} ${waitingKey}`);
  return { silenced, silence: () => setSilencedKey(alarmKey) };
}

/** @param about the tone starts again at once when this changes */
export function useRepeatedChime(
  player: ChimePlayer,
  chime: 'alarm' | 'attention' | undefined,
  about = '',
): void {
  useEffect(() => {
    if (chime === undefined) return undefined;
    player.play(chime);
    const everyMs = chime === 'alarm' ? ALARM_EVERY_MS : WAITING_EVERY_MS;
    const timer = setInterval(() => player.play(chime), everyMs);
    return () => clearInterval(timer);
  }, [player, chime, about]);
}
