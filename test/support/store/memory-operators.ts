import type {
  KnownBrowsers,
  OperatorChange,
  OperatorRecord,
  OperatorStore,
} from '../../../src/ports/operator-store.ts';

/** Accounts in memory. */
export class MemoryOperators implements OperatorStore {
  readonly records = new Map<string, OperatorRecord>();
  readonly left: OperatorChange[] = [];

  find(name: string): OperatorRecord | undefined {
    return this.records.get(name);
  }
  count(): number {
    return this.records.size;
  }
  names(): readonly string[] {
    return [...this.records.keys()].sort();
  }
  put(record: OperatorRecord): void {
    this.records.set(record.name, record);
  }
  changes(): readonly OperatorChange[] {
    return [...this.left];
  }
}

/** Browsers in memory. */
export class MemoryBrowsers implements KnownBrowsers {
  readonly known = new Set<string>();

  knows(browser: string, operator?: string): boolean {
    return [...this.known].some((line) =>
      operator === undefined ? line.startsWith(`${browser} `) : line === `${browser} ${operator}`,
    );
  }
  remember(browser: string, operator: string): void {
    this.known.add(`${browser} ${operator}`);
  }
}
