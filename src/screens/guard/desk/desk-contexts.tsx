import type { ComponentChildren } from 'preact';
import { type Words, WordsContext } from '../words.ts';
import { type Attendance, AttendanceContext } from './attendance.ts';

interface Props {
  readonly words: Words;
  readonly attendance: Attendance;
  readonly children: ComponentChildren;
}

/** What everything at a desk may ask for. */
export function DeskContexts({ words, attendance, children }: Props) {
  return (
    <WordsContext.Provider value={words}>
      <AttendanceContext.Provider value={attendance}>{children}</AttendanceContext.Provider>
    </WordsContext.Provider>
  );
}
