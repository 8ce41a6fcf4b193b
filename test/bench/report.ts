/** One line of the result: what was measured, what came out, and what was to be reached. */
export interface Line {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly reached: boolean;
}

/** The value below which `part` (0 to 1) of all samples lie. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

/** A line that is good as long as `value` is not above `limit`. */
export function atMost(what: string, value: number, limit: number, shown: string, unit = ''): Line {
  return { what, measured: shown, target: `<= ${limit}${unit}`, reached: value <= limit };
}

/** A line that is good as long as `value` is not below `limit`. */
export function atLeast(what: string, value: number, limit: number, shown: string, unit = ''): Line {
  return { what, measured: shown, target: `>= ${limit}${unit}`, reached: value >= limit };
}

/** Rows of text in columns; the first row is the heading. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(
      `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`,
    );
  }
}

export function printLines(lines: readonly Line[]): void {
  printTable([
    ['', 'measured', 'target', ''],
    ...lines.map(({ what, measured, target, reached }) => [
      what,
      measured,
      target,
      reached ? 'ok  ' : 'MISS',
    ]),
  ]);
}

/** Milliseconds with as many digits as mean something. */
export function ms(value: number): string {
  return `${value.toFixed(value < 10 ? 3 : value < 100 ? 1 : 0)} ms`;
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} x`;
}
