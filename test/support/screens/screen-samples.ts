import type { AttentionView, DecisionView, PassageView } from '../../../src/ports/boards.ts';
import type { DemoState } from '../../../src/ports/demo-panel.ts';
import type { DeviceView, DoorView } from '../../../src/ports/gate-state.ts';
import type { SiteView } from '../../../src/ports/guard-feed.ts';
import type { PromptView } from '../../../src/ports/resident-prompt.ts';

/** 24 February 2020, 03:12 in Shanghai. */
export const NIGHT_MS = Date.UTC(2020, 1, 23, 19, 12, 0);

export const SITE: SiteView = {
  site: 'willow-court',
  gate: 'north',
  name: 'Willow Court, north gate',
  timeZone: 'Asia/Shanghai',
  software: '0.1.0',
  simulated: true,
  recordsDegrees: true,
  post: { number: '3', responsible: '张伟' },
  policy: { level: 'normal', version: 3 },
  accessPoints: [
    { id: 'main-in', door: 'main', direction: 'in', enabled: true },
    { id: 'main-out', door: 'main', direction: 'out', enabled: true },
  ],
};

export const DOOR: DoorView = {
  door: 'main',
  name: 'Main door',
  mode: 'Locked',
  physical: 'Closed',
  alarm: 'Normal',
  released: false,
};

export function decision(number: number, change: Partial<DecisionView> = {}): DecisionView {
  return {
    passage: `p${String(number).replace('.', '-')}`,
    timeMs: NIGHT_MS - number * 61_000,
    accessPoint: 'main-in',
    direction: 'in',
    decision: 'Granted',
    reasons: [],
    kind: 'resident',
    screening: { outcome: 'normal', temperatureC: 36.4 },
    decidedBy: 'auto',
    passageState: 'taken',
    ...change,
  };
}

export function device(id: string, change: Partial<DeviceView> = {}): DeviceView {
  const [role = '', owner] = id.split(':');
  return {
    id,
    role: role as DeviceView['role'],
    ...(owner === undefined ? {} : { owner }),
    driver: 'simulated',
    simulated: true,
    status: 'ok',
    sinceMs: NIGHT_MS - 3_600_000,
    ...change,
  };
}

export function passage(change: Partial<PassageView> = {}): PassageView {
  return { accessPoint: 'main-in', feedback: 'Idle', reasons: [], ...change };
}

export function attentionItem(
  kind: AttentionView['kind'],
  change: Partial<AttentionView> = {},
): AttentionView {
  return { id: `${kind}:1`, kind, accessPoint: 'main-in', sinceMs: NIGHT_MS, passage: '1', ...change };
}

export function promptView(change: Partial<PromptView> = {}): PromptView {
  return { accessPoint: 'main-in', direction: 'in', feedback: 'Idle', simulated: false, ...change };
}

export const DEMO: DemoState = {
  accessPoints: [
    {
      id: 'main-in',
      direction: 'in',
      door: 'main',
      scanner: true,
      person: { present: true, foreheadC: 36.5, roomC: 21 },
    },
    { id: 'main-out', direction: 'out', door: 'main', scanner: true },
  ],
  doors: [
    {
      id: 'main',
      released: true,
      open: false,
      walkThrough: true,
      inputs: [
        { input: 'exitButton', active: false },
        { input: 'tamper', active: false },
        { input: 'fire', active: true },
      ],
    },
  ],
  clock: { timeMs: NIGHT_MS, timeZone: 'Asia/Shanghai', moved: true },
  messages: [
    {
      id: 1,
      topic: 'gates/v1/willow-court/north/evt/access',
      text: '{"type":"io.gatepost.access.granted.v1"}',
      retained: false,
      timeMs: NIGHT_MS,
    },
  ],
  story: { step: 'forged', number: 3, of: 10 },
  devices: [
    { id: 'scanner:main-in', unplugged: false },
    { id: 'thermometer:main-in', unplugged: true },
  ],
  samples: [
    ['resident', 'Granted'],
    ['sweeper', 'Granted'],
    ['expired', 'CredentialExpired'],
    ['forged', 'gp:SignatureInvalid'],
    ['other-site', 'gp:WrongSite'],
    ['screenshot', 'gp:DynamicCodeRequired'],
  ].map(([id = '', expected = '']) => ({ id, expected, text: `GP1:${id.toUpperCase().repeat(20)}` })),
};
