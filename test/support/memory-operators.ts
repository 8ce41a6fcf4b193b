import type { OperatorRecord, OperatorStore } from '../../src/ports/operator-store.ts';

/** Accounts in memory. */
export class MemoryOperators implements OperatorStore {
  readonly records = new Map<string, OperatorRecord>();

  find(name: string): OperatorRecord | undefined {
    return this.records.get(name);
  }
  count(): number {
    return this.records.size;
  }
  put(record: OperatorRecord): void {
    this.records.set(record.name, record);
  }
}
