/** The text of a small valid config: one simulated door, one way in, the log in the folder `state` beside it. */
export const ONE_DOOR = [
  'version: 1',
  'site: { id: willow-court, name: Willow Court, timeZone: Asia/Shanghai }',
  'gate: { id: north, name: North gate }',
  'language: en',
  'doors: { main: { name: Main door, lock: { driver: simulated, levelFile: main.level } } }',
  'accessPoints: { main-in: { door: main, direction: in, scanner: { driver: serial, path: simulated } } }',
  `passes: { issuers: [{ name: Office, publicKey: ${'d7'.repeat(32)} }] }`,
  'store: { folder: state }',
].join('\n');
