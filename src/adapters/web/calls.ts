import { isCall } from '../../core/access/attention.ts';
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
  let alarms = 0;
  let waiting = 0;
  for (const [topic, value] of values) {
    if (topic.startsWith('door/')) {
      const { alarm, tamper, fire } = value as DoorView;
      if (alarm !== 'Normal' || tamper === 'TamperDetected' || fire === true) alarms += 1;
    } else if (topic.startsWith('passage/')) {
      if ((value as PassageView).feedback === 'GuardCalled') waiting += 1;
    } else if (topic === 'attention') {
      waiting += (value as readonly AttentionView[]).filter(isCall).length;
    }
  }
  return { waiting: alarms + waiting, alarm: alarms > 0 };
}
