import type { HolderPhotos, HolderSearch, RegisterLooks } from '../../ports/holder-register.ts';
import type { VisitorBook } from '../../ports/rule-store.ts';
import type { LookUpRecords } from './look-up-records.ts';

interface RegisterLooksDeps {
  readonly holders: HolderSearch & HolderPhotos;
  readonly visitors: Pick<VisitorBook, 'search'>;
  readonly lookUps: LookUpRecords;
  /** Whether the operator's page shows this person by itself now, or on a list whose look is on record. */
  readonly isShown: (holderRef: string, operator: string) => boolean;
}

/** Looks of guards into the registers of holders and visitors, each on record before it is answered. */
export class RecordedLooks implements RegisterLooks {
  readonly #deps: RegisterLooksDeps;

  constructor(deps: RegisterLooksDeps) {
    this.#deps = deps;
  }

  search(text: string, limit: number, operator: string): ReturnType<RegisterLooks['search']> {
    const { lookUps } = this.#deps;
    const holders = this.#deps.holders.search(text, limit);
    const visitors = this.#deps.visitors
      .search(text, limit)
      .map(({ passId, label, unit }) => ({ passId, label, ...(unit !== undefined && { unit }) }));
    const persons = [
      ...holders.map(({ holderRef }) => ({ holderRef })),
      ...visitors.map(({ passId }) => ({ passId })),
    ];
    return lookUps.named(persons, operator) ? { holders, visitors } : 'too-many';
  }

  photograph(holderRef: string, operator: string): ReturnType<RegisterLooks['photograph']> {
    const { holders, lookUps, isShown } = this.#deps;
    const photograph = holders.photograph(holderRef);
    if (photograph === undefined || isShown(holderRef, operator)) return photograph;
    if (lookUps.hasLookedUp(holderRef, operator) || lookUps.named([{ holderRef }], operator))
      return photograph;
    return 'too-many';
  }
}
