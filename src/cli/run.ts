import type { Command } from 'commander';
import { createLogger } from '../adapters/logging/pino-logger.ts';
import { Daemon } from '../daemon/daemon.ts';
import { runUntilSignal } from '../daemon/process-life.ts';
import { loadGateConfig } from './config-file.ts';
import { type LogOptions, logFormatOption, logLevelOption } from './log-options.ts';

interface RunOptions extends LogOptions {
  readonly config: string;
}

/** `gatepost run`: the daemon, as systemd starts it. */
export function registerRun(program: Command): void {
  program
    .command('run')
    .description('run the gate until it is told to stop (SIGTERM, Ctrl-C)')
    .requiredOption('-c, --config <file>', 'config file (YAML)')
    .addOption(logLevelOption())
    .addOption(logFormatOption(process.stdout.isTTY ? 'plain' : 'json'))
    .action(async (options: RunOptions) => {
      const loaded = loadGateConfig(options.config);
      const logger = createLogger({ level: options.logLevel, format: options.logFormat });
      const daemon = new Daemon({
        loaded,
        logger,
        env: process.env,
        webMustStart: false,
        // As a service manager does it: the rest is that of every other stop, and Restart=always starts it again.
        onRestart: () => process.kill(process.pid, 'SIGTERM'),
        onSetUpCode: (code) =>
          logger.info(
            { setUpCode: code },
            `No guard can sign in yet. Open the guard's screen and set a password with the set-up code ${code}.`,
          ),
      });
      await runUntilSignal(daemon, {
        logger,
        onStarted: () => {
          const { url: at, secureUrls = [] } = daemon.webAddress ?? {};
          logger.info(
            { web: at },
            at === undefined
              ? 'The gate is ready, without screens.'
              : `The gate is ready. Screens: ${[at, ...secureUrls].join(', ')}`,
          );
        },
      });
    });
}
