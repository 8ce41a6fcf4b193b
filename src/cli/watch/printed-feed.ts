import type { WatchDeps } from '../../watch/watcher.ts';

/** Removes characters that move a terminal's cursor or change its colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
const WIDTHS = [8, 28, 10, 24, 16];

/** How what comes is shown: a line for people, or a line of JSON each. */
export function printer(
  form: 'table' | 'json' | 'nothing',
  print: (line: string) => void,
): Pick<WatchDeps, 'onEvent' | 'onAlarm'> {
  if (form === 'json')
    return {
      onEvent: (_name, event) => print(JSON.stringify(event)),
      onAlarm: ({ site, gate }, alarm) => print(JSON.stringify({ watch: 'alarm', site, gate, alarm })),
    };
  return {
    onEvent: ({ site, gate }, event, isLive) => {
      if (form === 'nothing') return;
      const { time, sequence, type, subject, data } = event;
      const reason = typeof data === 'object' && data !== null ? Reflect.get(data, 'reason') : undefined;
      const cells = [
        wordIn(time).slice(11, 19),
        `${site}/${gate}`,
        wordIn(sequence).replace(/^0+/, ''),
        wordIn(type).replace(/^io\.gatepost\.|\.v\d+$/g, ''),
        wordIn(subject),
        [wordIn(reason), ...(isLive ? [] : ['(later)'])].join(' ').trim(),
      ];
      print(
        cells
          .map((cell, at) => cell.padEnd(WIDTHS[at] ?? 0))
          .join(' ')
          .trimEnd(),
      );
    },
    onAlarm: ({ site, gate }, alarm) => print(`ALARM    ${`${site}/${gate}`.padEnd(28)} ${alarm}`),
  };
}

function wordIn(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64).replace(CONTROL, ' ') : '';
}
