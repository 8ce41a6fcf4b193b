// Plays the program once, so that V8 compiles it, and keeps what it made beside it (src/cli/load-bundle.ts): every start
// after that takes a third less processor time. Kept is what this Node.js, on this machine, with these words before the
// program can use; others compile as they start.
// usage: node scripts/lib/keep-compiled.mjs PROJECT PLAYS [WORDS OF NODE…]
//   PLAYS  help: what all commands have in common; gate: a gate at which somebody comes in; run: the start of a gate alone.
//          With commas between them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const [project = '.', plays = 'help,gate,run', ...nodeWords] = process.argv.slice(2);
const PLAYER = fileURLToPath(new URL('play-compiled.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gatepost-compile-'));

/** Starts the program with its words; `isEnough` is asked about each line that it prints, and ends it. */
async function play(words, isEnough = async () => false) {
  const child = spawn(process.execPath, [...nodeWords, PLAYER, resolve(project), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  const said = [];
  child.stderr.on('data', (chunk) => said.push(chunk.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(`${line}\n`);
    if (await isEnough(line)) child.kill('SIGTERM');
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`gatepost ${words.join(' ')} ended with ${code}:\n${said.join('')}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** The demo's gate, in a folder and on ports of its own. */
async function config() {
  const demo = readFileSync(join(project, 'config/demo.yaml'), 'utf8');
  const file = join(folder, 'gate.yaml');
  const text = demo
    .replaceAll('../state/demo', join(folder, 'state'))
    .replace('embeddedPort: 18830', `embeddedPort: ${await freePort()}`)
    .replace('port: 8080', 'port: 0');
  writeFileSync(file, text);
  return file;
}

const PLAYS = {
  help: () => play(['--help']),
  gate: (file) =>
    play(['demo', '--config', file], async (line) => {
      const url = /Demo panel +(\S+)\/demo\//.exec(line)?.[1];
      if (url === undefined) return false;
      await play(['present', 'resident', '--forehead', '36.5', '--url', url]);
      return true;
    }),
  run: (file) =>
    play(['run', '--config', file, '--log-format', 'json'], async (line) => line.includes('"web":')),
};

try {
  const file = await config();
  for (const name of plays.split(',')) await PLAYS[name](file);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
