import { GatepostError, messageOf } from '../core/errors.ts';
import type { Policy } from '../core/policy/policy.ts';
import { findConflicts } from './conflicts.ts';
import { findIssues } from './issues.ts';
import { policyOf } from './policy.ts';
import { policy } from './policy-section.ts';
import type { Config } from './schema.ts';

/** Enough to correct a file by; the event that contains them must stay small. */
const MOST_MISTAKES_SAID = 5;

/**
 * The levels of a signed policy, which is the config's section `policy` as JSON. Missing values come from this gate's
 * own sections passes and screening.
 * @throws GatepostError `bundle.refused` with the mistakes
 */
export function policyOfBundle(json: string, config: Config): Policy {
  const mistakes = findIssues(policy, parse(json)).map(({ message }) => message);
  refuseIfAny(mistakes);
  const section = policy.parse(parse(json));
  const { doors, accessPoints, screening } = config;
  const doorIds = Object.keys(doors);
  const conflicts = findConflicts({ doorIds, doors, accessPoints, screening, policy: section });
  refuseIfAny(
    conflicts
      .filter(({ path }) => path[0] === 'policy')
      .map(({ path, message }) => `${path.join('.')} ${message}`),
  );
  return policyOf({ ...config, policy: section });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new GatepostError('bundle.refused', `The policy is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function refuseIfAny(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const said = mistakes.slice(0, MOST_MISTAKES_SAID).join('; ');
  const more =
    mistakes.length > MOST_MISTAKES_SAID ? `; and ${mistakes.length - MOST_MISTAKES_SAID} more` : '';
  throw new GatepostError('bundle.refused', `The policy has mistakes: ${said}${more}`);
}
