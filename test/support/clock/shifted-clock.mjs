// Loaded into a process before its program (node --import): shifts its system clock by the milliseconds in
// the file that SHIFTED_CLOCK names, but not the monotonic clock.
import { readFileSync } from 'node:fs';

const path = process.env.SHIFTED_CLOCK;
const now = Date.now;
Date.now = () => now() + Number(readFileSync(path, 'utf8'));
