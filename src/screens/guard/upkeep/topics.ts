import type { Locale } from '../../shared/locale.ts';

type Topic = keyof Locale['guard']['upkeep']['doctor']['topics'];

/** What the checks of the doctor are about, for people; its own sentence is for the installer. */
const TOPICS: Readonly<Record<string, Topic>> = {
  power: 'power',
  heat: 'heat',
  kernel: 'machine',
  architecture: 'machine',
  node: 'machine',
  modules: 'machine',
  program: 'machine',
  accounts: 'installation',
  config: 'installation',
  files: 'installation',
  service: 'installation',
  watchdog: 'installation',
  clock: 'clock',
  'clock-floor': 'clock',
  'battery-clock': 'clock',
  gpio: 'wiring',
  'gpio-persistence': 'wiring',
  device: 'device',
  brltty: 'device',
  'modem-manager': 'device',
  sound: 'device',
  storage: 'storage',
  log: 'log',
  backup: 'backup',
  lists: 'lists',
  web: 'screens',
  https: 'screens',
  screens: 'screens',
  kiosk: 'screens',
  broker: 'network',
  servers: 'network',
  push: 'network',
};

export function topicOf(check: string): Topic {
  return Object.hasOwn(TOPICS, check) ? (TOPICS[check] ?? 'other') : 'other';
}
