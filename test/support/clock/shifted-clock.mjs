// Loaded into a process before its program (node --import): its system clock is off by the milliseconds in the file
// that SHIFTED_CLOCK names; the monotonic clock is not.
import { readFileSync } from 'node:fs';

const path = process.env.SHIFTED_CLOCK;
const now = Date.now;
Date.now = () => now() + Number(readFileSync(path, 'utf8'));
