import { createContext } from 'preact';
import { useContext, useEffect, useMemo, useState } from 'preact/hooks';
import { DeskActivity } from './desk-activity.ts';

export interface Attendance {
  /** Whether the desk counts as attended. The gate decides this. */
  readonly attended: boolean;
  /** Whether a fire alarm is on. */
  readonly fire: boolean;
  /** Called when the gate has refused an order because the desk is unattended. */
  readonly onLeft: () => void;
  /** Called when the password was given with an order. */
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

/** Watches for input while the desk is on the page. */
export function useDeskActivity() {
  const [attended, setAttended] = useState(true);
  const presence = useMemo(() => new DeskActivity(setAttended), []);
  useEffect(() => {
    presence.start();
    return () => presence.stop();
  }, [presence]);
  return { presence, attended, setAttended };
}
