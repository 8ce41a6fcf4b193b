import { isGatepostError } from '../../core/errors.ts';
import type { Holder, HolderRegister } from '../../ports/holder-register.ts';

/**
 * Who a pass belongs to, for the guard's screen. A register that cannot be read leaves the name out and nothing else:
 * it is part of the log, whose failure the screen and the decision tell.
 */
export function findHolder(register: HolderRegister, holderRef: string | undefined): Holder | undefined {
  if (holderRef === undefined) return undefined;
  try {
    return register.find(holderRef);
  } catch (error) {
    if (isGatepostError(error, 'log.unavailable')) return undefined;
    throw error;
  }
}
