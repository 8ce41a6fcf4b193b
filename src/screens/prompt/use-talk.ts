import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { TalkSaid, TalkTold } from '../../core/assist/talk.ts';
import { closeMicrophone, hasMicrophone, openMicrophone } from '../shared/microphone.ts';
import { TalkLink } from '../shared/talk-link.ts';

interface TalkDeps {
  /** Whether a guard may answer by voice, and this is a screen of the kiosk itself. */
  readonly isOn: boolean;
  /** Whether the page is connected; without that no microphone is open. */
  readonly live: boolean;
  readonly send: (said: TalkSaid) => void;
  /** What the gate has told this page last. */
  readonly told: TalkTold | undefined;
}

interface Talk {
  /** The microphone of this page is open now. */
  readonly isHeard: boolean;
  /** Somebody presses here: of several screens it is this one. */
  readonly announce: () => void;
  readonly hangUp: () => void;
}

/**
 * The resident's end of a talk. Only the gate's word `begin` opens the microphone, and it gives that word only for a call that
 * was pressed at the gate. The microphone closes with the gate's word, with the connection, and with the page.
 */
export function usePromptTalk({ isOn, live, send, told }: TalkDeps): Talk {
  const [isHeard, setHeard] = useState(false);
  const link = useRef<TalkLink>();
  /** The talk this page takes part in. */
  const talking = useRef<string>();

  const announce = useCallback(() => {
    if (!isOn || !live) return;
    const isSeen = document.visibilityState === 'visible';
    void hasMicrophone().then((found) => send({ type: 'here', microphone: found && isSeen }));
  }, [isOn, live, send]);
  useEffect(() => {
    announce();
    const devices = navigator.mediaDevices;
    devices?.addEventListener('devicechange', announce);
    document.addEventListener('visibilitychange', announce);
    return () => {
      devices?.removeEventListener('devicechange', announce);
      document.removeEventListener('visibilitychange', announce);
    };
  }, [announce]);

  const close = useCallback(() => {
    talking.current = undefined;
    link.current?.close();
    link.current = undefined;
    setHeard(false);
  }, []);
  const begin = useCallback(
    async (talk: string) => {
      talking.current = talk;
      const microphone = await openMicrophone();
      const isOver = () => talking.current !== talk;
      if (typeof microphone === 'string') {
        if (!isOver()) send({ type: 'failed', talk, cause: microphone });
        return;
      }
      if (isOver()) return closeMicrophone(microphone);
      const one = new TalkLink({
        microphone,
        onVoice: () => send({ type: 'voice', talk }),
        onLost: (cause) => {
          close();
          send({ type: 'failed', talk, cause });
        },
      });
      link.current = one;
      setHeard(true);
      const sdp = await one.offer().catch(() => undefined);
      if (isOver()) return;
      send(sdp === undefined ? { type: 'failed', talk, cause: 'no_path' } : { type: 'offer', talk, sdp });
    },
    [close, send],
  );

  useEffect(() => {
    if (!live || told === undefined || 'over' in told) return close();
    if ('begin' in told) {
      close();
      void begin(told.talk);
    }
    if ('answer' in told && told.talk === talking.current) {
      const { talk } = told;
      link.current?.accept(told.answer).catch(() => send({ type: 'failed', talk, cause: 'no_path' }));
    }
  }, [live, told, begin, close, send]);
  useEffect(() => close, [close]);
  const hangUp = () => {
    const talk = talking.current;
    close();
    if (talk !== undefined) send({ type: 'hang-up', talk });
  };
  return { isHeard, announce, hangUp };
}
