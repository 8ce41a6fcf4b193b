/** Numbers from the first to the second, both included. */
export type Range = readonly [from: number, to: number];

/** A set of numbers as ranges, in order, that never touch. */
export class NumberRanges {
  #ranges: Range[];

  /** @param ranges as `list` gave them */
  constructor(ranges: readonly Range[] = []) {
    this.#ranges = [...ranges];
  }

  get list(): readonly Range[] {
    return this.#ranges;
  }

  has(number: number): boolean {
    const [from] = this.#ranges[this.#at(number)] ?? [Number.POSITIVE_INFINITY];
    return from <= number;
  }

  add(from: number, to: number): void {
    if (to < from) return;
    // Those that overlap or touch become one.
    const first = this.#at(from - 1);
    let next = first;
    let [low, high] = [from, to];
    for (let range = this.#ranges[next]; range !== undefined && range[0] <= to + 1; ) {
      low = Math.min(low, range[0]);
      high = Math.max(high, range[1]);
      next += 1;
      range = this.#ranges[next];
    }
    this.#ranges.splice(first, next - first, [low, high]);
  }

  /** The numbers of `from` to `to` that are not in the set. */
  missing(from: number, to: number): readonly Range[] {
    const gaps: Range[] = [];
    let next = from;
    for (let at = this.#at(from); next <= to; at += 1) {
      const [low, high] = this.#ranges[at] ?? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
      if (low > next) gaps.push([next, Math.min(low - 1, to)]);
      next = high + 1;
    }
    return gaps;
  }

  /** How many of its numbers are at or above `from`. */
  countFrom(from: number): number {
    return this.#ranges.reduce((sum, [low, high]) => sum + Math.max(0, high - Math.max(low, from) + 1), 0);
  }

  /** Place of the first range that ends at or behind the number. */
  #at(number: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.[1] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The numbers of a range list that are in no range of the set. */
export function without(ranges: readonly Range[], taken: NumberRanges): readonly Range[] {
  return ranges.flatMap(([from, to]) => taken.missing(from, to));
}
