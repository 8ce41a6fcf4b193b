import { createPublicKey, randomUUID, verify } from 'node:crypto';
import { closeSync, constants, openSync, writeFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import mqtt from 'mqtt';
import { SerialPort } from 'serialport';
import { decodeBase45 } from '../../../src/core/encoding/base45.ts';

/** What both scripts are told, as JSON. */
export interface ScriptSettings {
  readonly scanner: string;
  readonly thermometer: string;
  readonly levelFile: string;
  readonly database: string;
  /** Ed25519, 64 hex characters. */
  readonly issuerKey: string;
  readonly brokerPort: number;
  readonly topic: string;
  /** An event is padded to as many bytes as an admission's row has. */
  readonly rowBytes: number;
}

/**
 * The floor of `peers`: a gate of one page in bare Node. A line comes from serialport, the pass's signature is verified,
 * one row is committed durably, one file is written, one message is published. It reads no claims and decides nothing.
 */
const settings = JSON.parse(process.argv[2] ?? '') as ScriptSettings;
const CR = 0x0d;
const RELEASE_MS = 200;
const SIGNATURE_BYTES = 64;
/** Where the bytes of a pass have their header and payload (config/contract/README.md#passes), if it has 24 to 255. */
const [HEADER_AT, HEADER_END, PAYLOAD_AT, PAYLOAD_END] = [1, 11, 12, -66];
/** Sig_structure of a pass, before and between what is signed. */
const SIGNED_BEFORE = Buffer.concat([Buffer.of(0x84, 0x6a), Buffer.from('Signature1')]);
const SIGNED_BETWEEN = Buffer.concat([Buffer.of(0x4a), Buffer.from('gatepass/1')]);
/** A frame of the thermometer: header, object, ambient, sum. */
const FRAME_HEADER = Buffer.of(0x5a, 0x5a, 0x45, 0x04);
const FRAME_BYTES = 9;

const issuer = createPublicKey({
  key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(settings.issuerKey, 'hex').toString('base64url') },
  format: 'jwk',
});
const database = new Database(settings.database);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec('CREATE TABLE IF NOT EXISTS event (sequence INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
const insert = database.prepare('INSERT INTO event (body) VALUES (?)');
const client = mqtt.connect(`mqtt://127.0.0.1:${settings.brokerPort}`);

function write(level: string): void {
  const file = openSync(settings.levelFile, constants.O_WRONLY | constants.O_CREAT, 0o644);
  writeSync(file, `${level}\n`, 0);
  closeSync(file);
}

/** Hex of the claims; undefined for what the issuer did not sign. */
function verified(text: string): string | undefined {
  const pass = text.startsWith('GP1:') ? decodeBase45(text.slice(4)) : undefined;
  if (pass === undefined) return undefined;
  const header = pass.subarray(HEADER_AT, HEADER_END);
  const payload = pass.subarray(PAYLOAD_AT, PAYLOAD_END);
  const signed = Buffer.concat([SIGNED_BEFORE, header, SIGNED_BETWEEN, payload]);
  if (!verify(null, signed, issuer, pass.subarray(-SIGNATURE_BYTES))) return undefined;
  return Buffer.from(payload).toString('hex');
}

function onPass(text: string): void {
  const claims = verified(text);
  if (claims === undefined) return;
  const event = { id: randomUUID(), time: new Date().toISOString(), type: 'access.granted', claims, objectC };
  const body = JSON.stringify(event).padEnd(settings.rowBytes);
  insert.run(body);
  write('1');
  client.publish(settings.topic, body, { qos: 1 });
  setTimeout(() => write('0'), RELEASE_MS);
}

let objectC: number | undefined;
let frames = Buffer.alloc(0);
let line = '';

function onFrames(bytes: Buffer): void {
  frames = Buffer.concat([frames, bytes]);
  for (let at = frames.indexOf(FRAME_HEADER); at >= 0; at = frames.indexOf(FRAME_HEADER)) {
    const frame = frames.subarray(at, at + FRAME_BYTES);
    if (frame.length < FRAME_BYTES) return;
    const sum = frame.subarray(0, -1).reduce((total, byte) => total + byte, 0) & 0xff;
    if (sum === frame.at(-1)) objectC = frame.readInt16BE(FRAME_HEADER.length) / 100;
    frames = frames.subarray(at + FRAME_BYTES);
  }
}

writeFileSync(settings.levelFile, '0\n');
const thermometer = new SerialPort({ path: settings.thermometer, baudRate: 9600, hupcl: false });
thermometer.on('data', onFrames);
const scanner = new SerialPort({ path: settings.scanner, baudRate: 9600, hupcl: false });
scanner.on('data', (bytes: Buffer) => {
  line += bytes.toString('latin1');
  if (bytes.at(-1) !== CR) return;
  const text = line.slice(0, -1);
  line = '';
  onPass(text);
});
scanner.on('open', () => console.log('The gate is ready'));
