import { appendFileSync } from 'node:fs';

/**
 * A reporter of vitest that writes each error which belongs to no test, a line of text each, into the file that
 * `STRAY_ERRORS` names: vitest's JSON report leaves them out, and its own words are far above when all is said.
 */
// biome-ignore lint/style/noDefaultExport: vitest takes a reporter in a file of its own by its default export.
export default class StrayErrors {
  onTestRunEnd(_modules, errors) {
    for (const { name, message, stack, cause, VITEST_TEST_NAME, VITEST_TEST_PATH } of errors) {
      const beside = [VITEST_TEST_PATH, VITEST_TEST_NAME].filter(Boolean).join(' > ');
      const where = stack?.split('\n').find((line) => line.includes('/test/') || line.includes('/src/'));
      const because = cause && `because of ${cause.message ?? cause}`;
      const told = [`${name}: ${message}`, because, where?.trim(), beside && `while ${beside} ran`];
      appendFileSync(process.env.STRAY_ERRORS, `${told.filter(Boolean).join(', ').replaceAll('\n', ' ')}\n`);
    }
  }
}
