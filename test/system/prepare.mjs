// Makes what the job shows to the machine's devices: a key, passes in the form each scanner sends them, and what a
// thermometer says of foreheads. Runs outside, where it takes no time.
// usage: node prepare.mjs PROJECT FOLDER
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [project, folder] = process.argv.slice(2);
const built = (path) => import(pathToFileURL(join(project, 'dist', path)));
const { issuePass } = await built('src/cli/pass/order.js');
const { createSigner } = await built('src/core/pass/issue-pass.js');
const { KEYBOARD_DESCRIPTOR, POS_DESCRIPTOR, KeyboardScannerSimulator, posReports } = await built(
  'hardware/scanner-hid/simulator.js',
);
const { encodeFrame } = await built('hardware/thermometer-gy-mcu9061x/codec.js');
const QRCode = createRequire(join(project, 'package.json'))('qrcode');

const PASSES = 60;
const WIDTH = 640;
const HEIGHT = 480;

/** The reports of a keyboard that types `text` and Enter, 8 bytes each. */
function keys(text) {
  const reports = [];
  new KeyboardScannerSimulator({ write: (bytes) => reports.push(Buffer.from(bytes)) }, 'us').present(text);
  return Buffer.concat(reports);
}

/** A picture of the code as a camera gives it: YUYV, the code in the middle, grey around. */
function picture(text) {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const scale = Math.floor((HEIGHT - 40) / (size + 8));
  const side = (size + 8) * scale;
  const left = Math.floor((WIDTH - side) / 2);
  const top = Math.floor((HEIGHT - side) / 2);
  const yuyv = Buffer.alloc(WIDTH * HEIGHT * 2, 128);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [column, row] = [Math.floor(x / scale) - 4, Math.floor(y / scale) - 4];
      const dark = column >= 0 && row >= 0 && column < size && row < size && data[row * size + column] === 1;
      yuyv[((top + y) * WIDTH + left + x) * 2] = dark ? 24 : 220;
    }
  }
  return yuyv;
}

/** Frames of a thermometer that sees so many degrees, a line each, as printf wants them; no two are quite alike. */
function frames(objectC) {
  return Array.from({ length: 20 }, (_, n) => {
    const frame = encodeFrame(Math.round(objectC * 100) + ((n * 7) % 11) - 5, 2300 + (n % 3));
    return [...frame].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  }).join('\n');
}

const { privateKey } = generateKeyPairSync('ed25519');
const signer = createSigner(privateKey);
const issue = {
  site: 'test',
  nowS: Math.floor(Date.now() / 1000) - 60,
  timeZone: 'Europe/Berlin',
  longestDays: 400,
  signer,
};

mkdirSync(folder, { recursive: true });
const put = (name, content) => writeFileSync(join(folder, name), content);
put('issuer', Buffer.from(signer.publicKey).toString('hex'));
put('keyboard.descriptor', KEYBOARD_DESCRIPTOR);
put('pos.descriptor', POS_DESCRIPTOR);
for (let n = 1; n <= PASSES; n++) {
  const { text } = issuePass({ kind: 'resident', validDays: 30 }, issue);
  put(`${n}.text`, `${text}\r`);
  put(`${n}.keys`, keys(text));
  put(`${n}.pos`, Buffer.concat(posReports(Buffer.from(text))));
}
for (const n of [1, 2])
  put(`picture-${n}`, picture(issuePass({ kind: 'resident', validDays: 30 }, issue).text));
put('nobody', `${frames(23.5)}\n`);
put('good', `${frames(36.5)}\n`);
put('fever', `${frames(39)}\n`);
