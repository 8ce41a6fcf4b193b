import { Option } from 'commander';

export interface LogOptions {
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly logFormat: 'json' | 'plain';
}

export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'least important lines to print')
    .choices(['debug', 'info', 'warn', 'error'])
    .default('info');
}

export function logFormatOption(preset: LogOptions['logFormat']): Option {
  return new Option('--log-format <format>', 'json for journals, plain for terminals')
    .choices(['json', 'plain'])
    .default(preset);
}
