import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { SerialPort } from 'serialport';

/**
 * The floor: what no gate can do without, and nothing else. A line comes from serialport, one Ed25519 signature is
 * verified, one row is committed durably, one file is written. It parses nothing and decides nothing.
 */
const [path = '', levelFile = '', databaseFile = '', bodyBytes = '1000'] = process.argv.slice(2);
const CR = 0x0d;
const RELEASE_MS = 200;
/** As long as the Sig_structure of a pass. */
const SIGNED_BYTES = 110;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const message = randomBytes(SIGNED_BYTES);
const signature = sign(null, message, privateKey);

const database = new Database(databaseFile);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE event (sequence INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT');
const insert = database.prepare('INSERT INTO event (body) VALUES (?)');
const body = randomBytes(Number(bodyBytes));

function write(level: string): void {
  const file = openSync(levelFile, constants.O_WRONLY | constants.O_CREAT, 0o644);
  writeSync(file, `${level}\n`, 0);
  closeSync(file);
}

writeFileSync(levelFile, '0\n');
const port = new SerialPort({ path, baudRate: 9600, hupcl: false });
port.on('data', (bytes: Buffer) => {
  if (bytes.at(-1) !== CR) return;
  if (!verify(null, message, publicKey, signature)) throw new Error('The signature does not hold.');
  insert.run(body);
  write('1');
  setTimeout(() => write('0'), RELEASE_MS);
});
port.on('open', () => process.send?.('ready'));
process.on('disconnect', () => {
  port.close();
  database.close();
});
