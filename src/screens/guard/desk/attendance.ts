import { createContext } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { DeskActivity } from './desk-activity.ts';

export interface Attendance {
  /** Somebody was at the desk lately, as the gate sees it. */
  readonly attended: boolean;
  /** A fire alarm is on. */
  readonly fire: boolean;
  /** The gate has refused an order because nobody was here. */
  readonly onLeft: () => void;
  /** Somebody has given the password with an order. */
  readonly onBack: () => void;
}

export const AttendanceContext = createContext<Attendance>({
  attended: true,
  fire: false,
  onLeft: () => undefined,
  onBack: () => undefined,
});

export function useAttendance(): Attendance {
  return useContext(AttendanceContext);
}

/** Watches for hands for as long as the desk is on the page. */
export function useDeskActivity() {
  const [attended, setAttended] = useState(true);
  const presence = useMemo(() => new DeskActivity(setAttended), []);
  useEffect(() => {
    presence.start();
    return () => presence.stop();
  }, [presence]);
  return { presence, attended, setAttended };
}
