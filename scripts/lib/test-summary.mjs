// Prints what failed, which tests were skipped and why, and the sum of all, from vitest's JSON reports.
//
// usage: test-summary.mjs STRAY REPORT OUTCOME…
//   STRAY: errors that belong to no test, a line each; OUTCOME: vitest's exit code; several runs are added up
// What fails outside of a test counts: a file whose set-up or clean-up fails or that cannot be loaded, an error that
// nobody caught, a run that ends without a report. Ends with 1 when anything failed.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [stray, ...words] = process.argv.slice(2);
const reports = words.flatMap((file, at) => (at % 2 === 0 ? [readReport(file)] : []));
const outcome = words.find((word, at) => at % 2 === 1 && word !== '0') ?? '0';
const testResults = reports.flatMap((report) => report.testResults);
const sumOf = (name) => reports.reduce((sum, report) => sum + report[name], 0);

const skippedBy = new Map();
const isOneOf = (statuses) => (result) => statuses.includes(result.status);
for (const { assertionResults } of testResults) {
  for (const { ancestorTitles, title } of assertionResults.filter(isOneOf(['skipped', 'pending', 'todo']))) {
    const full = [...ancestorTitles, title].join(' > ');
    const reason = /\[skipped: ([^\]]+)\]/.exec(full)?.[1] ?? full;
    skippedBy.set(reason, (skippedBy.get(reason) ?? 0) + 1);
  }
}
const reasons = [...skippedBy].map(([reason, count]) => `${count} because ${reason}`);
console.log(reasons.length === 0 ? 'Nothing was skipped.' : `Skipped: ${reasons.join('; ')}.`);

let failed = sumOf('numFailedTests');
for (const error of readFileSync(stray, 'utf8').split('\n').filter(Boolean)) {
  failed += 1;
  console.log(`An error that nobody caught: ${error}`);
}
for (const { name, status, message, assertionResults } of testResults) {
  const failures = assertionResults.filter(isOneOf(['failed']));
  for (const { fullName, failureMessages } of failures)
    console.log(`Failed: ${relative(process.cwd(), name)}: ${fullName}: ${inShort(failureMessages)}`);
  if (status !== 'failed' || failures.length > 0) continue;
  failed += 1;
  const why = message === '' ? 'see above' : message.split('\n')[0];
  const what = assertionResults.length === 0 ? 'Could not be loaded' : 'Failed outside of its tests';
  console.log(`${what}: ${relative(process.cwd(), name)}: ${why}`);
}
if (outcome !== '0' && failed === 0) {
  failed = 1;
  console.log(
    `vitest ended with ${outcome} although no test failed: too few lines of src that a test runs, or it could not run; see above.`,
  );
}

const skipped = sumOf('numPendingTests') + sumOf('numTodoTests');
console.log(`${sumOf('numPassedTests')} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 ? 0 : 1;

/** The first line of why a test failed and the first place named there that is a test. */
function inShort(messages) {
  const lines = messages.join('\n').split('\n');
  const place = lines.find((line) => /\btest\/.*:\d+:\d+/.test(line))?.trim() ?? '';
  return `${lines[0]} ${place}`.trim().slice(0, 500);
}

function readReport(file) {
  const empty = {
    testResults: [],
    numPassedTests: 0,
    numFailedTests: 1,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    console.log('vitest ended without a report.');
    return empty;
  }
}
