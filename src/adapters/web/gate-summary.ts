import { needsOf } from '../../core/desk/needs.ts';
import type { AttentionView, PassageView } from '../../ports/boards.ts';
import type { AssistView, DeviceView, DoorView } from '../../ports/gate-state.ts';
import type { GateSummary, SiteView } from '../../ports/guard-feed.ts';

/**
 * One gate in a few words, for a guard who watches several.
 * @param values the newest value of each topic of the guard's feed
 * @returns undefined before the gate has told what it is
 */
export function summaryOf(values: ReadonlyMap<string, unknown>): GateSummary | undefined {
  const below = <T>(prefix: string) =>
    [...values].filter(([topic]) => topic.startsWith(prefix)).map(([, value]) => value as T);
  const site = values.get('site') as SiteView | undefined;
  if (site === undefined) return undefined;
  const passages = below<PassageView>('passage/');
  const calls = below<AssistView>('call/');
  const needs = needsOf({
    attention: (values.get('attention') ?? []) as readonly AttentionView[],
    doors: below<DoorView>('door/'),
    passages,
  });
  return {
    name: site.name,
    simulated: site.simulated,
    needs: needs.length,
    alarm: needs.some(({ isAlarm }) => isAlarm),
    troubled: below<DeviceView>('device/').filter(({ status }) => status === 'missing').length,
    places: site.accessPoints.map(({ id, direction }) => {
      const passage = passages.find(({ accessPoint }) => accessPoint === id);
      const call = calls.find(({ accessPoint }) => accessPoint === id);
      const { feedback = 'Idle', kind, label, holder } = passage ?? {};
      const words = label ?? (holder && `${holder.label} ${holder.unit}`.trim());
      return {
        accessPoint: id,
        direction,
        feedback,
        ...(kind === undefined ? {} : { kind }),
        ...(words === undefined ? {} : { label: words }),
        calls: call?.status === 'ringing' || call?.status === 'unanswered',
      };
    }),
  };
}
