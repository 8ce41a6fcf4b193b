import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chime, ChimePlayer } from '../../shared/chime.ts';
import type { DoorCall } from '../guard-state.ts';

/** From the beginning of one to that of the next, in milliseconds. */
const EVERY_MS = { attention: 8_000, alarm: 2_500, fire: 4_000 } as const satisfies Partial<
  Record<Chime, number>
>;

type Repeated = keyof typeof EVERY_MS;

interface Calls {
  readonly alarms: readonly DoorCall[];
  /** Access points where a person waits. */
  readonly waiting: readonly string[];
}

/**
 * Repeats a tone while there is an alarm or a person waits, because the guard may be asleep: one for a person, one for an
 * alarm, and for fire the one of evacuation, which is as loud as it can be at any hour.
 * @param loudness of the other tones, 0 to 1
 */
export function useAlarmSound(
  player: ChimePlayer,
  { live, loudness }: { readonly live: boolean; readonly loudness: number },
  { alarms, waiting }: Calls,
) {
  const alarmKey = alarms.map(({ door, kind }) => `${door} ${kind}`).join();
  const waitingKey = waiting.join();
  const [silencedKey, setSilencedKey] = useState('');
  const silenced = alarmKey !== '' && silencedKey === alarmKey;
  useEffect(() => {
    // An alarm that comes back after it ended is a new one and is not silenced.
    if (alarmKey === '') setSilencedKey('');
  }, [alarmKey]);
  const alarm = alarms.some(({ kind }) => kind === 'FireAlarm') ? 'fire' : 'alarm';
  const chime = alarmKey !== '' && !silenced ? alarm : waitingKey === '' ? undefined : 'attention';
  useRepeatedChime(player, live ? chime : undefined, { about: `${alarmKey} ${waitingKey}`, loudness });
  return { silenced, silence: () => setSilencedKey(alarmKey) };
}

/** @param how `about`: the tone starts again at once when this changes. `loudness`: 0 to 1, of all but fire */
export function useRepeatedChime(
  player: ChimePlayer,
  chime: Repeated | undefined,
  { about = '', loudness = 1 }: { readonly about?: string; readonly loudness?: number } = {},
): void {
  const volume = useRef(loudness);
  volume.current = loudness;
  useEffect(() => {
    if (chime === undefined) return undefined;
    const play = () => player.play(chime, chime === 'fire' ? 1 : volume.current);
    play();
    const timer = setInterval(play, EVERY_MS[chime]);
    return () => clearInterval(timer);
  }, [player, chime, about]);
}
