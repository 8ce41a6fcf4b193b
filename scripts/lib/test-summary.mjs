// Prints which tests were skipped and why, and the sum of all, from vitest's JSON report.
import { readFileSync } from 'node:fs';

const [, , reportFile] = process.argv;
const text = readFileSync(reportFile, 'utf8');
if (text === '') {
  console.log('No sum: vitest ended without a report.');
  process.exit(1);
}
const report = JSON.parse(text);

const skippedBy = new Map();
for (const { assertionResults } of report.testResults) {
  for (const { status, ancestorTitles, title } of assertionResults) {
    if (status === 'passed' || status === 'failed') continue;
    const full = [...ancestorTitles, title].join(' > ');
    const reason = /\[skipped: ([^\]]+)\]/.exec(full)?.[1] ?? full;
    skippedBy.set(reason, (skippedBy.get(reason) ?? 0) + 1);
  }
}

const reasons = [...skippedBy].map(([reason, count]) => `${count} because ${reason}`);
console.log(reasons.length === 0 ? 'Nothing was skipped.' : `Skipped: ${reasons.join('; ')}.`);

for (const { name, status, assertionResults } of report.testResults) {
  if (status === 'failed' && assertionResults.length === 0) console.log(`Could not be loaded: ${name}`);
}

const skipped = report.numPendingTests + report.numTodoTests;
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
