import { CommanderError } from 'commander';
import type { ErrorCode } from '../core/errors.ts';
import { GatepostError, messageOf } from '../core/errors.ts';

/** Exit codes of every command. 78 is EX_CONFIG of sysexits(3), after which systemd is told not to restart. */
const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
export const EXIT_CONFIG = 78;

/** The one place where an error becomes an exit code and text on stderr. */
export function reportError(error: unknown, debug: boolean, print: (line: string) => void): number {
  // Commander has already printed its help, version or error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof GatepostError) {
    print(error.code === 'config.invalid' ? error.message : `gatepost: ${error.message}`);
    if (debug) print(withCauses(error));
    return exitCodeOf(error.code);
  }
  print(`gatepost: unexpected error: ${messageOf(error)}`);
  print(
    debug
      ? withCauses(error)
      : 'This is a defect of gatepost. Run it again with --debug and report what it prints.',
  );
  return EXIT_FAILURE;
}

function exitCodeOf(code: ErrorCode): number {
  if (code === 'usage') return EXIT_USAGE;
  // Restarting does not help with either.
  return code.startsWith('config.') || code === 'site.stooddown' ? EXIT_CONFIG : EXIT_FAILURE;
}

function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${withCauses(error.cause)}`;
}
