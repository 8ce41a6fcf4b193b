import qrcode from 'qrcode';
import { QrWorker } from '../../hardware/qr-image/qr-worker.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';

// A program that reads one picture and then has nothing left to do.
const picture = await qrcode.toBuffer('GP1:PICTURE');
const codes = await new QrWorker(new SystemClock()).find(picture);
process.stdout.write(`${codes.map((bytes) => Buffer.from(bytes).toString('utf8'))}\n`);
