import { needsOf } from '../../core/desk/needs.ts';
import type { AttentionView, PassageView } from '../../ports/boards.ts';
import type { DoorView } from '../../ports/gate-state.ts';

/** What a page without a sign-in gets: only that a guard is needed, not for whom, where or why. */
interface Calls {
  /**
   * Number of matters that wait for a guard. A person under duress is not counted, because bystanders must not notice
   * it.
   */
  readonly waiting: number;
  /** Whether a door is in alarm. */
  readonly alarm: boolean;
}

/** @param values the newest value of each topic of the guard's feed */
export function callsOf(values: ReadonlyMap<string, unknown>): Calls {
  const below = <T>(prefix: string) =>
    [...values].filter(([topic]) => topic.startsWith(prefix)).map(([, value]) => value as T);
  const needs = needsOf({
    attention: (values.get('attention') ?? []) as readonly AttentionView[],
    doors: below<DoorView>('door/'),
    passages: below<PassageView>('passage/'),
  });
  return { waiting: needs.length, alarm: needs.some(({ isAlarm }) => isAlarm) };
}
