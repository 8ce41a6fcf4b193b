// Loaded into a process before its program (node --import). FILE_FAULT says what happens at its nth call, from 1, that
// changes a file below a folder: `kill` ends the process (bytes written count for nothing there), `gone` makes that call and every later one there fail as on a
// stick that was pulled out, `fill` writes the disk of the folder full. `keep` does nothing, but keeps at each of the calls
// that `kill` counts what lies in the folder `kept`, which is what a kill then would leave, in a folder of `into`.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const { what, nth, below, kept, into } = JSON.parse(process.env.FILE_FAULT);
const paths = new Map();
let calls = 0;

const { openSync, write, writeSync, closeSync } = fs;
fs.openSync = (path, ...words) => {
  const file = openSync(path, ...words);
  paths.set(file, String(path));
  return file;
};

const faults = {
  kill: () => process.kill(process.pid, 'SIGKILL'),
  keep: () => {
    const folder = join(into, String(calls));
    fs.mkdirSync(folder);
    for (const name of fs.readdirSync(kept)) fs.copyFileSync(join(kept, name), join(folder, name));
  },
  gone: (name) => Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO', syscall: name }),
  fill: () => {
    const file = openSync(join(below, 'films'), 'a');
    try {
      for (let bytes = 65_536; bytes >= 1; ) {
        try {
          writeSync(file, Buffer.alloc(bytes));
        } catch {
          bytes /= 2;
        }
      }
    } finally {
      closeSync(file);
    }
  },
};

for (const name of ['renameSync', 'rmSync', 'fsyncSync', 'fdatasync', 'fdatasyncSync', 'write']) {
  const original = name === 'write' ? write : fs[name];
  fs[name] = (first, ...words) => {
    const path = typeof first === 'number' ? (paths.get(first) ?? '') : String(first);
    const isThere = path.startsWith(below) && !(/kill|keep/.test(what) && name === 'write');
    if (isThere) calls += 1;
    const isNow = isThere && (/gone|keep/.test(what) ? calls >= nth : calls === nth);
    const error = isNow ? faults[what](name) : undefined;
    if (!(error instanceof Error)) return original(first, ...words);
    const done = words.at(-1);
    if (typeof done !== 'function') throw error;
    return void process.nextTick(done, error);
  };
}
syncBuiltinESMExports();
