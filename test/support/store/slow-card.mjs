// Loaded into a process before its program (node --import): every commit takes as many milliseconds longer as the file
// says that SLOW_CARD names, as a sync does on a card that wears out. Nothing else runs meanwhile.
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';

const stopwatch = new Int32Array(new SharedArrayBuffer(4));
const { transaction } = Database.prototype;

Database.prototype.transaction = function slowTransaction(work) {
  const made = transaction.call(this, work);
  const immediate = (...words) => {
    const result = made.immediate(...words);
    Atomics.wait(stopwatch, 0, 0, Number(readFileSync(process.env.SLOW_CARD, 'utf8')));
    return result;
  };
  return Object.assign((...words) => made(...words), { immediate });
};
