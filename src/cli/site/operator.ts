import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { ScryptHasher } from '../../adapters/crypto/scrypt-hasher.ts';
import { readSecret } from '../../adapters/files/private-key.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import {
  accountsOf,
  putOperator,
  removeOperator,
  removeOperatorCode,
  removeOperatorPasskeys,
} from '../../adapters/sqlite/operator-file.ts';
import { nameProblem, normalized, passwordProblem } from '../../app/operators/operator-credentials.ts';
import { siteWords } from '../../config/site-words.ts';
import { ROLES, type Role } from '../../core/access/vocabulary.ts';
import { GatepostError, isGatepostError } from '../../core/errors.ts';
import { commandGroup } from '../command-group.ts';
import { configAsOwner, loadGateConfig } from '../config-file.ts';
import { readLine } from '../read-line.ts';

interface SetPasswordOptions {
  readonly config: string;
  readonly passwordFile?: string;
  readonly role?: Role;
}

/** `gatepost operator set-password NAME`, `set-role NAME ROLE`, `remove NAME`, `remove-code NAME`, `remove-passkeys NAME` and `list`, each with `--config FILE` */
export function registerOperator(program: Command): void {
  const operator = commandGroup(program, 'operator', "the people who may act at the guard's screen");
  operator
    .command('set-password')
    .description('make an account or change its password; the daemon may run meanwhile')
    .argument('<name>', 'operator name, 1 to 32 letters, digits, spaces or - _ .', parseName)
    .requiredOption('--config <file>', 'config file that names the store')
    .option('--password-file <file>', 'read the password from this file instead of standard input')
    .addOption(
      new Option(
        '--role <role>',
        'what the account may do; a new one is guard, the first one supervisor',
      ).choices(ROLES),
    )
    .action(setPassword);
  operator
    .command('set-role')
    .description('say what an account may do; the daemon may run meanwhile')
    .argument('<name>', 'operator name', parseName)
    .addArgument(new Argument('<role>', 'what it may do from now on').choices(ROLES))
    .requiredOption('--config <file>', 'config file that names the store')
    .action(setRole);
  operator
    .command('remove')
    .description('remove an account and end its sessions; the daemon may run meanwhile')
    .argument('<name>', 'operator name', parseName)
    .requiredOption('--config <file>', 'config file that names the store')
    .action(remove);
  operator
    .command('remove-code')
    .description(
      'take off the one-time code of somebody who has lost the phone; the daemon may run meanwhile',
    )
    .argument('<name>', 'operator name', parseName)
    .requiredOption('--config <file>', 'config file that names the store')
    .action(removeCode);
  operator
    .command('remove-passkeys')
    .description('take off all passkeys of somebody who has lost a device; the daemon may run meanwhile')
    .argument('<name>', 'operator name', parseName)
    .requiredOption('--config <file>', 'config file that names the store')
    .action(removePasskeys);
  operator
    .command('list')
    .description('print the names of all accounts and their roles')
    .requiredOption('--config <file>', 'config file that names the store')
    .action(async ({ config }: { config: string }) => {
      const folder = await storeOf(config);
      for (const { name, role, code, passkeys } of accountsOf(folder)) {
        const ways = [
          role,
          ...(code ? ['one-time code'] : []),
          ...(passkeys ? [`passkeys: ${passkeys}`] : []),
        ];
        console.log(`${name}  (${ways.join(', ')})`);
      }
    });
}

async function setPassword(name: string, options: SetPasswordOptions): Promise<void> {
  const { data } = await asOwner(() => {
    const { config } = loadGateConfig(options.config);
    const { passwordFile } = options;
    const given = passwordFile === undefined ? undefined : readSecret(passwordFile);
    return { folder: config.store.folder, data: { config, given } };
  });
  const { folder } = data.config.store;
  const password = data.given ?? (await readLine(process.stdin, `New password for ${name} (not shown): `));
  const problem = passwordProblem(name, password, [...siteWords(data.config), ...accountsIn(folder)]);
  if (problem !== undefined) throw new GatepostError('operator.refused', problem);
  const passwordHash = await new ScryptHasher().hash(normalized(password));
  const { change, role } = putOperator(placeIn(folder), {
    ...{ name, passwordHash },
    ...(options.role && { role: options.role }),
  });
  const done =
    change === 'created'
      ? `The account ${name} is made, with the role ${role}.`
      : `The password of ${name} is changed; its role is ${role}.`;
  console.log(`${done} Sessions opened with another password end within seconds.`);
}

async function setRole(name: string, role: Role, { config }: { config: string }): Promise<void> {
  const folder = await storeOf(config);
  const { change } = putOperator(placeIn(folder), { name, role });
  if (change === undefined) return console.log(`The account ${name} has the role ${role} already.`);
  console.log(`The account ${name} has the role ${role} now. Its sessions end within seconds.`);
  if (!accountsOf(folder).some((account) => account.role === 'supervisor'))
    console.log('No supervisor is left: accounts can be made and changed with this command alone.');
}

async function remove(name: string, { config }: { config: string }): Promise<void> {
  const folder = await storeOf(config);
  removeOperator(placeIn(folder), name);
  console.log(`The account ${name} is removed. Its sessions end within seconds.`);
  if (accountsOf(folder).length > 0) return;
  console.log(
    'No account is left: the guard’s screen asks for the set-up code, which the daemon prints now or at its start.',
  );
}

async function removeCode(name: string, { config }: { config: string }): Promise<void> {
  const had = removeOperatorCode(placeIn(await storeOf(config)), name);
  console.log(
    had
      ? `No one-time code is asked for from ${name} any more: the password is enough.`
      : `The account ${name} has no one-time code. Nothing was changed.`,
  );
}

async function removePasskeys(name: string, { config }: { config: string }): Promise<void> {
  const count = removeOperatorPasskeys(placeIn(await storeOf(config)), name);
  console.log(
    count > 0
      ? `No device signs in for ${name} any more: ${count} taken off. Sessions that are open stay so.`
      : `The account ${name} has no passkeys. Nothing was changed.`,
  );
}

/** The store folder, as its owner. */
async function storeOf(path: string): Promise<string> {
  return (await configAsOwner(path)).store.folder;
}

/** Names of the existing accounts; none if there is no store yet. */
function accountsIn(folder: string): readonly string[] {
  try {
    return accountsOf(folder).map(({ name }) => name);
  } catch (error) {
    if (isGatepostError(error, 'log.unavailable')) return [];
    throw error;
  }
}

function placeIn(folder: string) {
  const logger = createLogger({ level: 'warn', format: 'plain' });
  return { folder, clock: new SystemClock(), logger };
}

function parseName(name: string): string {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new InvalidArgumentError(problem);
  return normalized(name);
}
