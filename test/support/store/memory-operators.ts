import type { ClockReading } from '../../../src/core/time/clock-reading.ts';
import type {
  AccountView,
  KnownBrowsers,
  OperatorChange,
  OperatorRecord,
  OperatorStore,
  ToldChange,
} from '../../../src/ports/operator-store.ts';

/** Accounts in memory. */
export class MemoryOperators implements OperatorStore {
  readonly records = new Map<string, OperatorRecord>();
  readonly left: OperatorChange[] = [];
  #lastId = 0;

  find(name: string): OperatorRecord | undefined {
    return this.records.get(name);
  }
  count(): number {
    return this.records.size;
  }
  list(): readonly AccountView[] {
    return [...this.records.values()]
      .map(({ name, role }) => ({ name, role }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }
  put(record: OperatorRecord): void {
    this.records.set(record.name, record);
  }
  change({ operator, change, account, by }: ToldChange, { wallMs: atMs, quality }: ClockReading): void {
    if (account !== undefined) this.put(account);
    if (change === 'removed') this.records.delete(operator);
    const role = change === 'created' || change === 'role' ? account?.role : undefined;
    this.left.push({
      ...{ id: ++this.#lastId, operator, change, atMs, quality },
      ...(role && { role }),
      ...(by !== undefined && { by }),
    });
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
