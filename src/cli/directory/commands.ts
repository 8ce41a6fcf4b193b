import { type Command, InvalidArgumentError } from 'commander';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { readPhoto } from '../../adapters/files/photo-file.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import {
  type DirectoryPlace,
  eraseHolder,
  readDirectory,
  replaceDirectory,
} from '../../adapters/sqlite/directory-file.ts';
import type { Config } from '../../config/schema.ts';
import { GatepostError } from '../../core/errors.ts';
import { csvLine } from '../../core/text/csv-line.ts';
import { commandGroup } from '../command-group.ts';
import { configAsOwner, loadGateConfig } from '../config-file.ts';
import { hexBytes } from '../option-values.ts';
import { Progress } from '../progress.ts';
import { readDirectoryTable } from './table.ts';

/** Most lines `find` prints. */
const FOUND_MAX = 100;

interface ConfigOption {
  readonly config: string;
}

/** `gatepost directory import | list | find | export | erase`: the kiosk's own directory of holders. */
export function registerDirectory(program: Command): void {
  const directory = commandGroup(program, 'directory', 'the register of holders: who a pass belongs to');
  const named = (name: string, description: string): Command =>
    directory
      .command(name)
      .description(description)
      .requiredOption('--config <file>', 'config file that names the store');
  named('import', 'put the holders of a table in force, all or nothing; the gate goes on meanwhile')
    .argument('<file>', 'CSV with the columns holder, label, unit and photo, as pass issue writes it')
    .option('--photos <folder>', 'folder of photographs, JPEG or PNG of at most 64 KiB')
    .action(importTable);
  named('list', 'print the register as CSV').action(async ({ config }: ConfigOption) => {
    const folder = await folderOf(config);
    process.stdout.write(csvLine(['holder', 'label', 'unit']));
    readDirectory(folder, (register) => {
      for (const { holderRef, label, unit } of register.all()) {
        process.stdout.write(csvLine([holderRef, label, unit]));
      }
    });
  });
  named('find', 'print the holders whose pseudonym, label or unit holds a text')
    .argument('<text>', 'upper and lower case are the same')
    .action(find);
  named('export', 'print everything the register keeps about one holder, as JSON')
    .argument('<holder>', 'pseudonym, 12 hex characters', hexBytes(6))
    .action(exportHolder);
  named('erase', 'take one holder out of the register')
    .argument('<holder>', 'pseudonym, 12 hex characters', hexBytes(6))
    .action(async (holderRef: string, { config }: ConfigOption) => {
      const place = await placeOf(config);
      if (!(await eraseHolder(place, holderRef))) throw unknownHolder(holderRef);
      console.log(
        `${holderRef} is no longer in the register. What the log says of it is subject to its retention.`,
      );
    });
}

async function importTable(file: string, options: ConfigOption & { photos?: string }): Promise<void> {
  const { data } = await asOwner(() => {
    const { config } = loadGateConfig(options.config);
    const { folder } = config.store;
    const entries = readDirectoryTable(file, options.photos);
    return { folder, data: { config, entries } };
  });
  const entries = data.entries.map(({ photo, ...entry }) => ({
    ...entry,
    ...(photo === undefined ? {} : { photograph: () => readPhoto(photo) }),
  }));
  const progress = new Progress('Importing holders');
  const counts = await replaceDirectory(placeIn(data.config), entries, (done, total) =>
    progress.update(done, total),
  );
  progress.end();
  console.log(
    `${counts.holders} holders are in force, ${counts.photographs} with a photograph: ${counts.added} new, ${counts.changed} changed, ${counts.removed} gone.`,
  );
}

async function find(text: string, { config }: ConfigOption): Promise<void> {
  const wanted = text.normalize('NFC').toLowerCase();
  if (wanted === '') throw new InvalidArgumentError('Give a text to look for.');
  let found = 0;
  readDirectory(await folderOf(config), (register) => {
    for (const { holderRef, label, unit } of register.all()) {
      if (!`${holderRef}\n${label}\n${unit}`.toLowerCase().includes(wanted)) continue;
      found += 1;
      if (found > FOUND_MAX) return;
      console.log(`${holderRef}  ${label}  ${unit}`);
    }
  });
  if (found > FOUND_MAX) console.log(`More than ${FOUND_MAX}; look for something longer.`);
  if (found === 0) process.exitCode = 1;
}

async function exportHolder(holderRef: string, { config }: ConfigOption): Promise<void> {
  const entry = readDirectory(await folderOf(config), (register) => ({
    holder: register.find(holderRef),
    photograph: register.photograph(holderRef),
  }));
  if (entry.holder === undefined) throw unknownHolder(holderRef);
  const { label, unit } = entry.holder;
  const photograph = entry.photograph && {
    type: entry.photograph.type,
    base64: Buffer.from(entry.photograph.bytes).toString('base64'),
  };
  console.log(JSON.stringify({ holderRef, label, unit, photograph }, undefined, 2));
}

/** The store folder, as its owner: for commands that need nothing else. */
async function folderOf(config: string): Promise<string> {
  return (await placeOf(config)).folder;
}

async function placeOf(path: string): Promise<DirectoryPlace> {
  const data = await configAsOwner(path);
  return placeIn(data);
}

function placeIn({ store, site, gate }: Config): DirectoryPlace {
  const logger = createLogger({ level: 'warn', format: 'plain' });
  return { folder: store.folder, site: site.id, gate: gate.id, clock: new SystemClock(), logger };
}

function unknownHolder(holderRef: string): GatepostError {
  return new GatepostError('usage', `There is no holder ${holderRef} in the register.`);
}
