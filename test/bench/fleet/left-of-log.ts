import { createHash } from 'node:crypto';
import { canonicalJson } from '../../../src/core/encoding/canonical-json.ts';
import type { Range } from '../../../src/core/feed/ranges.ts';

export interface FleetGateName {
  readonly site: string;
  readonly gate: string;
  /** Whether it has run for months before. */
  readonly isOld: boolean;
}

/** What a gate has of its log. */
export interface LeftOfLog extends Pick<FleetGateName, 'site' | 'gate'> {
  readonly last: number;
  /** Rows that have ended. */
  readonly ended: readonly Range[];
  /** Of all others in the form that they have. */
  readonly digest: string;
}

/** Digest of events in their order, whoever holds them. */
export class EventsDigest {
  readonly #hash = createHash('sha256');

  add(sequence: number, event: unknown): void {
    this.#hash.update(`${sequence} ${canonicalJson(event)}\n`);
  }

  get value(): string {
    return this.#hash.copy().digest('base64url');
  }
}
