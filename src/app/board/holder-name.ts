import { isGatepostError } from '../../core/errors.ts';
import type { Holder, HolderRegister } from '../../ports/holder-register.ts';

/**
 * The holder of a pass, for the guard's screen; undefined also if the register cannot be read. The register is in the
 * database of the log, whose failure is reported elsewhere.
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
