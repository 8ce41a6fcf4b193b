import { openDeviceReader } from '../../hardware/hidraw-reader/kernel-device-files.ts';

// A program that ends while a device says nothing.
const [path = '', backEnd = ''] = process.argv.slice(2);
if (backEnd !== 'epoll' && backEnd !== 'cat') throw new Error(`no back end "${backEnd}"`);
await openDeviceReader(path, () => undefined, new AbortController().signal, backEnd);
process.on('SIGTERM', () => process.exit(7));
process.stdout.write('reading\n');
