import type { HolderPhotos, HolderSearch, RegisterLooks } from '../../ports/holder-register.ts';
import type { LookUpRecords } from './look-up-records.ts';

interface RegisterLooksDeps {
  readonly holders: HolderSearch & HolderPhotos;
  readonly lookUps: LookUpRecords;
  /** Whether the operator's page shows this person by itself now, or on a list whose look is on record. */
  readonly isShown: (holderRef: string, operator: string) => boolean;
}

/** Looks of guards into the register of holders, each on record before it is answered. */
export class RecordedLooks implements RegisterLooks {
  readonly #deps: RegisterLooksDeps;

  constructor(deps: RegisterLooksDeps) {
    this.#deps = deps;
  }

  search(text: string, limit: number, operator: string): ReturnType<RegisterLooks['search']> {
    const { holders, lookUps } = this.#deps;
    const found = holders.search(text, limit);
    const holderRefs = found.map(({ holderRef }) => holderRef);
    return lookUps.named(holderRefs, operator) ? found : 'too-many';
  }

  photograph(holderRef: string, operator: string): ReturnType<RegisterLooks['photograph']> {
    const { holders, lookUps, isShown } = this.#deps;
    const photograph = holders.photograph(holderRef);
    if (photograph === undefined || isShown(holderRef, operator)) return photograph;
    if (lookUps.hasLookedUp(holderRef, operator) || lookUps.named([holderRef], operator)) return photograph;
    return 'too-many';
  }
}
