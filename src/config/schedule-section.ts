import { z } from 'zod';
import { id } from './fields.ts';
import { date, windows } from './hours-fields.ts';
import type { ConfigPath } from './yaml-source.ts';

/** The part `policy.schedule`: which level holds when. */

const line = z.strictObject({
  level: id.describe('The level …'),
  hours: windows.describe(
    '… in these hours of the site, e.g. "Mon-Fri 06:30-08:00"; an end before the start: over midnight.',
  ),
  days: z
    .enum(['all', 'ordinary', 'holidays'])
    .default('all')
    .describe('On which days a window may start: `holidays` are those of the policy, `ordinary` all others.'),
  from: date.exactOptional().describe('The first day on which one may start.'),
  until: date.exactOptional().describe('The last day on which one may start.'),
});

export const schedule = z.strictObject({
  strictestFirst: z
    .array(id)
    .min(1)
    .max(16)
    .describe(
      'All levels of the schedule and `initialLevel`, the strictest first: while the time is not trusted, only a stricter one is taken.',
    ),
  holdsOpen: z
    .boolean()
    .default(false)
    .describe('Whether the schedule may choose a level with `gate: open`, which holds every door open.'),
  lines: z
    .array(line)
    .min(1)
    .max(32)
    .describe('Where lines overlap the later one counts; where there is none, `initialLevel`.'),
});

type Schedule = z.output<typeof schedule>;
interface Levels {
  readonly initialLevel: string;
  /** Of each level that there is, whether it holds the gate open. */
  readonly levels: ReadonlyMap<string, boolean>;
}

/** Mistakes in the combination of the schedule and the levels. */
export function scheduleConflicts(
  { strictestFirst, holdsOpen, lines }: Schedule,
  { initialLevel, levels }: Levels,
): { readonly path: ConfigPath; readonly message: string }[] {
  const conflicts: { path: ConfigPath; message: string }[] = [];
  const say = (path: (string | number)[], message: string) =>
    conflicts.push({ path: ['policy', 'schedule', ...path], message });
  const unknown = (name: string) => `names \`${name}\`, but the levels are: ${[...levels.keys()].join(', ')}`;
  const isOpen = (name: string) => levels.get(name) === true;
  for (const [at, { level, from, until }] of lines.entries()) {
    if (!levels.has(level)) say(['lines', at, 'level'], unknown(level));
    else if (!strictestFirst.includes(level))
      say(['strictestFirst'], `must say how strict \`${level}\` is, which a line names`);
    if (isOpen(level) && !holdsOpen)
      say(
        ['lines', at, 'level'],
        `holds every door open: write \`holdsOpen: true\` if the schedule may do that by itself`,
      );
    if (from !== undefined && until !== undefined && until < from)
      say(['lines', at, 'until'], `is before \`from\` (${from})`);
  }
  for (const [at, name] of strictestFirst.entries()) {
    if (!levels.has(name)) say(['strictestFirst', at], unknown(name));
    if (strictestFirst.indexOf(name) !== at) say(['strictestFirst', at], `names \`${name}\` twice`);
    const before = strictestFirst[at - 1];
    if (before !== undefined && isOpen(before) && levels.has(name) && !isOpen(name))
      say(['strictestFirst', at], `must stand before \`${before}\`, which holds every door open`);
  }
  if (levels.has(initialLevel) && !strictestFirst.includes(initialLevel))
    say(
      ['strictestFirst'],
      `must say how strict \`${initialLevel}\` is, which holds between the lines (initialLevel)`,
    );
  if (isOpen(initialLevel) && !holdsOpen)
    say(
      ['holdsOpen'],
      `must be true, because \`${initialLevel}\` holds every door open between the lines (initialLevel)`,
    );
  if (strictestFirst.every(isOpen)) say(['strictestFirst'], 'must have a level that checks people');
  return conflicts;
}
