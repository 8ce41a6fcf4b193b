import { toHex } from '../encoding/hex.ts';
import type { CborValue } from '../pass/canonical-cbor.ts';
import { type HolderSubject, ORDER_KINDS, type StandingOrder } from '../policy/standing-order.ts';
import { MAX_UINT32 } from './bundle.ts';
import { Fields, wrong } from './fields.ts';
import { joinRecords, keyOf, Records } from './records.ts';

const PASS_BYTES = 8;
const HOLDER_BYTES = 6;
/** Kind (its index in ORDER_KINDS), from and until, 4 bytes each; until 0 means until a later list omits it. */
const VALUE_BYTES = 1 + 4 + 4;
const MOST_ORDERS = 200_000;

/** An order as it is in a list. Times are whole Unix seconds. */
export interface ListedOrder {
  readonly kind: StandingOrder['kind'];
  readonly subject: HolderSubject;
  readonly from: number;
  readonly until?: number;
}

/** The standing orders of a signed list. */
export class OrderList {
  readonly #holders: Records;
  readonly #passes: Records;
  readonly #number: number;

  private constructor(number: number, holders: Records, passes: Records) {
    this.#number = number;
    this.#holders = holders;
    this.#passes = passes;
  }

  /**
   * @param number number of the bundle
   * @throws GatepostError `bundle.refused`
   */
  static *read(content: CborValue, number: number): Generator<void, OrderList> {
    const fields = new Fields(content, 'orders', ['holders', 'passes']);
    const holders = yield* readRecords(fields, 'holders', HOLDER_BYTES);
    const passes = yield* readRecords(fields, 'passes', PASS_BYTES);
    return new OrderList(number, holders, passes);
  }

  get count(): number {
    return this.#holders.count + this.#passes.count;
  }

  /** Every order of the list, for tools. */
  *listed(): Generator<ListedOrder> {
    for (const { kind, subject, fromMs, untilMs } of this.#all()) {
      const until = untilMs === undefined ? {} : { until: untilMs / 1000 };
      yield { kind, subject, from: fromMs / 1000, ...until };
    }
  }

  ordersFor(passId: string, holderRef: string | undefined): readonly StandingOrder[] {
    const holder = holderRef === undefined ? undefined : keyOf(holderRef, HOLDER_BYTES);
    const pass = keyOf(passId, PASS_BYTES);
    return [
      ...(holder === undefined || holderRef === undefined
        ? []
        : this.#ordersAt(this.#holders, holder, { holderRef })),
      ...(pass === undefined ? [] : this.#ordersAt(this.#passes, pass, { passId })),
    ];
  }

  /** The orders that are not over at `nowMs`, in the order of the list. */
  standing(nowMs: number, limit: number): readonly StandingOrder[] {
    const found: StandingOrder[] = [];
    for (const order of this.#all()) {
      if (found.length === limit) break;
      if (order.untilMs === undefined || order.untilMs > nowMs) found.push(order);
    }
    return found;
  }

  *#all(): Generator<StandingOrder> {
    for (let index = 0; index < this.#holders.count; index++)
      yield this.#order(this.#holders.valueAt(index), { holderRef: toHex(this.#holders.keyAt(index)) });
    for (let index = 0; index < this.#passes.count; index++)
      yield this.#order(this.#passes.valueAt(index), { passId: toHex(this.#passes.keyAt(index)) });
  }

  #ordersAt(records: Records, key: Uint8Array, subject: HolderSubject): readonly StandingOrder[] {
    return [...records.valuesOf(key)].map((value) => this.#order(value, subject));
  }

  #order(value: DataView, subject: HolderSubject): StandingOrder {
    const { kind, from, until } = readValue(value);
    const whom = 'passId' in subject ? subject.passId : subject.holderRef;
    return {
      id: `centre-${kind}-${whom}-${from}`,
      kind,
      subject,
      fromMs: from * 1000,
      ...(until === 0 ? {} : { untilMs: until * 1000 }),
      source: 'centre',
      by: 'centre',
      note: `Signed list ${this.#number}`,
    };
  }
}

/** The content of a bundle of orders. @throws GatepostError `bundle.refused` naming the invalid entry */
export function ordersContent(orders: readonly ListedOrder[]): ReadonlyMap<string, Uint8Array> {
  const holders = orders.flatMap((order) =>
    'holderRef' in order.subject ? [recordOf(order, order.subject.holderRef, HOLDER_BYTES)] : [],
  );
  const passes = orders.flatMap((order) =>
    'passId' in order.subject ? [recordOf(order, order.subject.passId, PASS_BYTES)] : [],
  );
  return new Map([
    ['holders', joinRecords(holders)],
    ['passes', joinRecords(passes)],
  ]);
}

function* readRecords(fields: Fields, name: string, keyBytes: number): Generator<void, Records> {
  const records = yield* Records.check(fields.bytes(name), {
    what: name,
    recordBytes: keyBytes + VALUE_BYTES,
    keyBytes,
    most: MOST_ORDERS,
  });
  for (let index = 0; index < records.count; index++) {
    const { from, until } = readValue(records.valueAt(index));
    if (until !== 0 && until <= from) throw wrong('An order must end after it begins');
    if (index % 1024 === 0) yield;
  }
  return records;
}

function readValue(value: DataView): { kind: StandingOrder['kind']; from: number; until: number } {
  const kind = ORDER_KINDS[value.getUint8(0)];
  if (kind === undefined) throw wrong('An order is of a kind nobody knows');
  return { kind, from: value.getUint32(1), until: value.getUint32(5) };
}

function recordOf({ kind, from, until = 0 }: ListedOrder, whom: string, keyBytes: number): Uint8Array {
  const key = keyOf(whom.toLowerCase(), keyBytes);
  if (key === undefined) throw wrong(`"${whom.slice(0, 40)}" must be ${2 * keyBytes} hex characters`);
  if ([from, until].some((time) => !Number.isInteger(time) || time < 0 || time > MAX_UINT32))
    throw wrong(`The times of ${whom} must be whole Unix seconds`);
  const record = new Uint8Array(keyBytes + VALUE_BYTES);
  record.set(key);
  const view = new DataView(record.buffer, keyBytes);
  view.setUint8(0, ORDER_KINDS.indexOf(kind));
  view.setUint32(1, from);
  view.setUint32(5, until);
  return record;
}
