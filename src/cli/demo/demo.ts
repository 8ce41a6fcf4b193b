import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { Daemon } from '../../daemon/daemon.ts';
import { runUntilSignal } from '../../daemon/process-life.ts';
import type { DemoGuard } from '../../ports/demo-panel.ts';
import { packageRoot } from '../../version.ts';
import { loadGateConfig } from '../config-file.ts';
import { type LogOptions, logFormatOption, logLevelOption } from '../log-options.ts';
import { wholeNumber } from '../option-values.ts';
import { keptDemoGuard, setUpDemo } from './household.ts';

interface DemoOptions extends LogOptions {
  readonly config: string;
  readonly port?: number;
}

/** `gatepost demo`: the whole gate on any machine, with simulated devices and a panel on which one acts as people. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('run the gate with simulated devices and a panel on which you play the people')
    .option('-c, --config <file>', 'config file with demo.panel', join(packageRoot(), 'config/demo.yaml'))
    .addOption(
      new Option('-p, --port <port>', 'port of the screens instead of web.port').argParser(
        wholeNumber(0, 65_535),
      ),
    )
    .addOption(logLevelOption())
    .addOption(logFormatOption('plain'))
    .action(demo);
}

async function demo(options: DemoOptions): Promise<void> {
  const loaded = withPort(loadGateConfig(options.config), options.port);
  if (!loaded.config.demo.panel) {
    throw new GatepostError(
      'usage',
      `${options.config} has no demo panel (demo.panel: true). Use "gatepost run" for a real gate.`,
    );
  }
  const logger = createLogger({ level: options.logLevel, format: options.logFormat });
  const guard = keptDemoGuard(loaded.config.store.folder);
  let setUpCode: string | undefined;
  const daemon = new Daemon({
    loaded,
    logger,
    env: process.env,
    webMustStart: true,
    demoGuard: guard,
    onSetUpCode: (code) => {
      setUpCode = code;
    },
  });
  await runUntilSignal(daemon, {
    logger,
    onStarted: () => {
      console.log(welcome(daemon, loaded, guard));
      const url = daemon.webAddress?.url;
      if (url === undefined) return;
      setUpDemo({ loaded, logger, guard, url, setUpCode }).catch((error: unknown) => {
        logger.warn({ err: error }, `The demo has no guard and no names of its own: ${messageOf(error)}`);
      });
    },
  });
}

function withPort(loaded: LoadedConfig, port: number | undefined): LoadedConfig {
  if (port === undefined) return loaded;
  return { ...loaded, config: { ...loaded.config, web: { ...loaded.config.web, port } } };
}

/** What a person who has just started the demo needs to know. */
function welcome(daemon: Daemon, { config }: LoadedConfig, guard: DemoGuard): string {
  const url = daemon.webAddress?.url ?? '';
  const [accessPoint = 'main-in'] = Object.keys(config.accessPoints);
  const level = Object.values(config.doors).flatMap(({ lock }) =>
    lock.driver === 'simulated' && lock.levelFile !== undefined ? [lock.levelFile] : [],
  );
  const lines = [
    '',
    `Gatepost demo: ${config.site.name}, ${config.gate.name}. Everything here is simulated.`,
    '',
    `  Demo panel        ${url}/demo/      play people: show passes, set temperatures`,
    `  Resident's screen ${url}/prompt/?accessPoint=${accessPoint}`,
    `  Guard's screen    ${url}/guard/`,
    `                    signed in where the demo panel was opened; else ${guard.operator} / ${guard.password}`,
    ...(daemon.brokerAddress === undefined
      ? []
      : [
          `  MQTT broker       ${daemon.brokerAddress}      topics below gates/v1/${config.site.id}/${config.gate.id}/`,
        ]),
    ...level.map((file) => `  Relay level       ${file}      0 at rest, 1 released`),
    '',
    '  To present a pass: press Present on the demo panel, or in another terminal',
    `    scripts/present resident --forehead 36.5${portHint(daemon)}`,
    `    scripts/present forged${portHint(daemon)}`,
    `    scripts/present --list${portHint(daemon)}`,
    '',
    '  Ctrl-C stops it.',
    '',
  ];
  return lines.join('\n');
}

function portHint(daemon: Daemon): string {
  const port = daemon.webAddress?.port;
  return port === undefined || port === 8080 ? '' : ` --url ${daemon.webAddress?.url}`;
}
