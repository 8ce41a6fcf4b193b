import qrcode from 'qrcode';
import { QrWorker } from '../../hardware/qr-picture/qr-worker.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';

// A program that reads one picture and then has nothing left to do.
const picture = await qrcode.toBuffer('GP1:PICTURE');
process.stdout.write(`${await new QrWorker(new SystemClock()).find(picture)}\n`);
