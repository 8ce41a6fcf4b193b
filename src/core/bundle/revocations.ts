import { toHex } from '../encoding/hex.ts';
import type { CborValue } from '../pass/canonical-cbor.ts';
import { MAX_UINT32 } from './bundle.ts';
import { Fields, wrong } from './fields.ts';
import { joinRecords, keyOf, Records } from './records.ts';

const PASS_BYTES = 8;
const HOLDER_BYTES = 6;
const TIME_BYTES = 4;
const MOST_PASSES = 1_500_000;
const MOST_HOLDERS = 200_000;

/** Revokes all passes of a household or person issued before a moment, e.g. because the phone was stolen. */
export interface RevokedHolder {
  /** 12 hex characters. */
  readonly holderRef: string;
  /** Whole Unix seconds; a pass issued at this second or later is valid again. */
  readonly issuedBefore: number;
}

/** Revoked passes. It searches in the signed bytes themselves. */
export class RevokedPasses {
  readonly #passes: Records;
  readonly #holders: Records;

  private constructor(passes: Records, holders: Records) {
    this.#passes = passes;
    this.#holders = holders;
  }

  /** @throws GatepostError `bundle.refused` */
  static *read(content: CborValue): Generator<void, RevokedPasses> {
    const fields = new Fields(content, 'revocations', ['passes', 'holders']);
    const passes = yield* Records.check(fields.bytes('passes'), {
      what: 'passes',
      recordBytes: PASS_BYTES,
      keyBytes: PASS_BYTES,
      most: MOST_PASSES,
    });
    const holders = yield* Records.check(fields.bytes('holders'), {
      what: 'holders',
      recordBytes: HOLDER_BYTES + TIME_BYTES,
      keyBytes: HOLDER_BYTES,
      most: MOST_HOLDERS,
    });
    return new RevokedPasses(passes, holders);
  }

  get passCount(): number {
    return this.#passes.count;
  }

  get holderCount(): number {
    return this.#holders.count;
  }

  /** Every holder of the list with its moment, for tools. */
  *listedHolders(): Generator<RevokedHolder> {
    for (let index = 0; index < this.#holders.count; index++) {
      const issuedBefore = this.#holders.valueAt(index).getUint32(0);
      yield { holderRef: toHex(this.#holders.keyAt(index)), issuedBefore };
    }
  }

  /** @param issuedAt whole Unix seconds, as in the pass */
  isRevoked(passId: string, holderRef: string | undefined, issuedAt: number): boolean {
    const pass = keyOf(passId, PASS_BYTES);
    if (pass !== undefined && this.#passes.indexOf(pass) >= 0) return true;
    const holder = holderRef === undefined ? undefined : keyOf(holderRef, HOLDER_BYTES);
    if (holder === undefined) return false;
    for (const value of this.#holders.valuesOf(holder)) if (issuedAt < value.getUint32(0)) return true;
    return false;
  }
}

/**
 * The content of a revocation bundle. Passes are given as 16 hex characters each.
 * @throws GatepostError `bundle.refused` naming the invalid entry
 */
export function revocationsContent(
  passIds: readonly string[],
  holders: readonly RevokedHolder[],
): ReadonlyMap<string, Uint8Array> {
  const passes = passIds.map((passId) => requiredKey(passId, PASS_BYTES));
  const records = holders.map(({ holderRef, issuedBefore }) => {
    const record = new Uint8Array(HOLDER_BYTES + TIME_BYTES);
    record.set(requiredKey(holderRef, HOLDER_BYTES));
    if (!Number.isInteger(issuedBefore) || issuedBefore < 0 || issuedBefore > MAX_UINT32)
      throw wrong(`The time of ${holderRef} must be whole Unix seconds`);
    new DataView(record.buffer).setUint32(HOLDER_BYTES, issuedBefore);
    return record;
  });
  return new Map([
    ['passes', joinRecords(passes)],
    ['holders', joinRecords(records)],
  ]);
}

function requiredKey(hex: string, bytes: number): Uint8Array {
  const key = keyOf(hex.toLowerCase(), bytes);
  if (key === undefined) throw wrong(`"${hex.slice(0, 40)}" must be ${2 * bytes} hex characters`);
  return key;
}
