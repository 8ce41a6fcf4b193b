import { isGatepostError } from '../../core/errors.ts';
import type { EventDataByName } from '../../core/events/event.ts';
import type { Logger } from '../../ports/logger.ts';
import type { EventWriter } from './event-writer.ts';

/** Writes a guard's order about one passage down before it counts. Returns why it must not, or undefined. */
export function recordOverride(
  parts: { readonly notes: EventWriter; readonly logger: Logger },
  data: EventDataByName['operator.override'] & { readonly accessPoint: string },
): string | undefined {
  try {
    parts.notes.commit([{ name: 'operator.override', subject: data.accessPoint, data }]);
    return undefined;
  } catch (error) {
    if (!isGatepostError(error, 'log.unavailable')) throw error;
    parts.logger.error({ code: error.code, err: error }, error.message);
    return 'The log cannot be written, so nothing may be opened. Free space on the disk or call the installer; the wired exit works.';
  }
}
