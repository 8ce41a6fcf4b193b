import { lstatSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { dirname, join, parse, resolve, sep } from 'node:path';
import { GatepostError } from '../../core/errors.ts';

const MOST_LINKS = 40;

/**
 * Makes of a process of root, for good, one of the user the store folder belongs to. That user may put links where
 * root would follow them, and could not use what root leaves behind. Files that only root may read are opened before.
 * Does nothing for any other user, and where the folder belongs to root or is not there.
 * @throws GatepostError `usage` where a third user could turn the way to the folder elsewhere
 */
export function becomeOwner(folder: string): void {
  if (process.getuid?.() !== 0) return;
  const path = resolve(folder);
  const owner = statOf(path);
  if (owner === undefined) return;
  const stranger = onTheWay(path).find(({ stats }) => stats.uid !== 0 && stats.uid !== owner.uid);
  if (stranger !== undefined) {
    throw new GatepostError(
      'usage',
      `${stranger.path}, on the way to the store ${folder}, belongs to user ${stranger.stats.uid} and the store to user ${owner.uid}. Run this as the user of the store: sudo -u '#${owner.uid}' gatepost …`,
    );
  }
  if (owner.uid === 0) return;
  process.setgroups?.([owner.gid]);
  process.setgid?.(owner.gid);
  process.setuid?.(owner.uid);
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Every folder and link that is gone through to reach `path`, itself included. */
function onTheWay(path: string): { readonly path: string; readonly stats: Stats }[] {
  const passed: { readonly path: string; readonly stats: Stats }[] = [];
  let links = 0;
  const walk = (target: string): void => {
    let at = parse(target).root;
    for (const name of target.slice(at.length).split(sep)) {
      if (name === '') continue;
      at = join(at, name);
      const stats = lstatSync(at);
      passed.push({ path: at, stats });
      if (!stats.isSymbolicLink()) continue;
      links += 1;
      if (links > MOST_LINKS) throw new GatepostError('usage', `${path} leads through too many links.`);
      const led = resolve(dirname(at), readlinkSync(at));
      walk(led);
      at = led;
    }
  };
  walk(path);
  return passed;
}
