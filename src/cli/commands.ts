import type { Command } from 'commander';

type Register = (program: Command) => void;

/** Every command in the order of `gatepost --help`: its first word, and how its code is loaded. */
const COMMANDS: readonly (readonly [word: string, load: () => Promise<Register>])[] = [
  ['run', async () => (await import('./run.ts')).registerRun],
  ['demo', async () => (await import('./demo/demo.ts')).registerDemo],
  ['present', async () => (await import('./demo/present.ts')).registerPresent],
  ['keygen', async () => (await import('./keygen.ts')).registerKeygen],
  ['pass', async () => (await import('./pass/issue.ts')).registerPassIssue],
  ['pass', async () => (await import('./pass/move.ts')).registerPassMove],
  ['pass', async () => (await import('./pass/leaflet.ts')).registerPassLeaflet],
  ['pass', async () => (await import('./pass/inspect.ts')).registerPassInspect],
  ['directory', async () => (await import('./directory/commands.ts')).registerDirectory],
  ['holder', async () => (await import('./holder/commands.ts')).registerHolder],
  ['bundle', async () => (await import('./bundle/commands.ts')).registerBundle],
  ['central', async () => (await import('./central/commands.ts')).registerCentral],
  ['conformance', async () => (await import('./conformance/commands.ts')).registerConformance],
  ['watch', async () => (await import('./watch/watch.ts')).registerWatch],
  ['apply', async () => (await import('./bundle/apply.ts')).registerApply],
  ['log', async () => (await import('./site/log-tail.ts')).registerLogTail],
  ['log', async () => (await import('./site/log-search.ts')).registerLogSearch],
  ['log', async () => (await import('./site/log-show.ts')).registerLogShow],
  ['log', async () => (await import('./site/log-export.ts')).registerLogExport],
  ['log', async () => (await import('./site/log-begin.ts')).registerLogBegin],
  ['log', async () => (await import('./site/log-checkpoint.ts')).registerLogCheckpoint],
  ['log', async () => (await import('./site/log-verify.ts')).registerLogVerify],
  ['backup', async () => (await import('./backup/backup.ts')).registerBackup],
  ['restore', async () => (await import('./backup/restore.ts')).registerRestore],
  ['operator', async () => (await import('./site/operator.ts')).registerOperator],
  ['clock', async () => (await import('./site/clock.ts')).registerClock],
  ['https', async () => (await import('./https/commands.ts')).registerHttps],
  ['scanner', async () => (await import('./devices/scanner-calibrate.ts')).registerScannerCalibrate],
  ['listen', async () => (await import('./devices/listen.ts')).registerListen],
  ['stand-down', async () => (await import('./site/stand-down.ts')).registerStandDown],
  ['config', async () => (await import('./site/config-check.ts')).registerConfigCheck],
  ['config', async () => (await import('./site/config-schema.ts')).registerConfigSchema],
  ['notice', async () => (await import('./site/notice.ts')).registerNotice],
  ['push', async () => (await import('./site/push.ts')).registerPush],
  ['doctor', async () => (await import('./site/doctor.ts')).registerDoctor],
];

/**
 * Registers the command that `words` (the command line behind `gatepost`) name, or every command if they name none.
 * Loading one command alone starts sooner, and the daemon, which runs for years, keeps no code of the others in
 * memory.
 */
export async function registerCommands(program: Command, words: readonly string[]): Promise<void> {
  const named = words.find((word) => !word.startsWith('-'));
  const wanted = COMMANDS.filter(([word]) => word === named);
  const loads = (wanted.length > 0 ? wanted : COMMANDS).map(([, load]) => load());
  for (const register of await Promise.all(loads)) register(program);
}
