import { OwnUpkeepCommands } from '../adapters/commands/upkeep-commands.ts';
import type { Store } from '../adapters/sqlite/store.ts';
import { Upkeep } from '../app/desk/upkeep.ts';
import { EventWriter } from '../app/log/event-writer.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import { retentionSettings } from './settings.ts';

interface UpkeepParts {
  readonly store: Store;
  /** The log with its limits. */
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Program and words before the command, as this process itself was started. */
  readonly command: readonly [string, ...string[]];
}

/** The keep of the kiosk itself at the desk, by the commands of this program. */
export function assembleUpkeep({ config, path }: LoadedConfig, parts: UpkeepParts): Upkeep {
  const { store, log, clock, logger, command } = parts;
  const { site, gate, backup } = config;
  const { screeningMs, accessMs, operatorMs, reducedMs } = retentionSettings(config);
  return new Upkeep({
    commands: new OwnUpkeepCommands({ command, config: path }),
    store,
    notes: new EventWriter({ log, clock, logger }),
    clock,
    logger,
    settings: {
      gate: gate.id,
      backup: {
        hasRecipient: backup.recipient !== undefined,
        folder: backup.folder,
        warnAfterDays: backup.warnAfterDays,
      },
      keptMs: { screening: screeningMs, access: accessMs, operator: operatorMs, ended: reducedMs },
      standDown: {
        site: site.id,
        commands: [
          'sudo systemctl disable --now gatepost',
          `sudo gatepost stand-down --config ${inShell(path)} --confirm ${site.id} --report ${site.id}-ended.json`,
        ],
      },
    },
  });
}

/** A path as one word of a shell. */
function inShell(path: string): string {
  return /^[\w/.@-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
