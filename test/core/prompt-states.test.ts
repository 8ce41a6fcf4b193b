import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/core/text/language.ts';
import type { PromptView } from '../../src/ports/resident-prompt.ts';
import { SENTENCES } from '../../src/screens/prompt/sentences.ts';
import { localeOf } from '../../src/screens/shared/all-words.ts';
import { promptStates, saidIn } from '../support/screens/prompt-states.ts';
import { promptView } from '../support/screens/screen-samples.ts';

const SITE = {
  office: { telephone: '021 5550 1234', hours: '8:00 - 18:00', address: 'Building 3, ground floor' },
  assist: { button: true, mayEnd: true, otherGate: 'South gate' },
};
const STATES = promptStates(SITE);

const LOOKS: [string, Partial<PromptView>, { picture: string; tone: string; zh: string; en: string }][] = [
  ['idle', {}, { picture: 'code', tone: 'calm', zh: '请出示二维码', en: 'Please show your code' }],
  [
    'pass',
    { feedback: 'RequireIdentifier' },
    { picture: 'code', tone: 'act', zh: '现在请出示二维码', en: 'Now show your code' },
  ],
  [
    'retry',
    { feedback: 'RetryIdentifier', reason: 'gp:DynamicCodeStale' },
    { picture: 'again', tone: 'act', zh: '二维码已失效', en: 'This code is out of date' },
  ],
  [
    'measure',
    { feedback: 'Measure' },
    { picture: 'forehead', tone: 'act', zh: '请将额头靠近测温口', en: 'Forehead to the sensor' },
  ],
  [
    'granted',
    { feedback: 'AccessGranted' },
    { picture: 'walk', tone: 'go', zh: '请进', en: 'Please go through' },
  ],
  [
    'expired',
    { feedback: 'AccessDenied', reason: 'CredentialExpired' },
    { picture: 'hand', tone: 'stop', zh: '您的通行证已过期', en: 'Please go to the property office' },
  ],
  [
    'guard',
    { feedback: 'GuardCalled', reason: 'gp:TemperatureHigh' },
    { picture: 'guard', tone: 'guard', zh: '保安马上就来', en: 'The guard is coming' },
  ],
  [
    'slow',
    { feedback: 'AccessDenied', reason: 'gp:PassageTimeout' },
    { picture: 'again', tone: 'act', zh: '操作超时', en: 'show your code again' },
  ],
  [
    'not-measured',
    { feedback: 'AccessDenied', reason: 'gp:TemperatureNotMeasured', cause: 'no_subject' },
    { picture: 'again', tone: 'act', zh: '需要再测一次体温', en: 'show your code again' },
  ],
  [
    'queue',
    { feedback: 'Measure', cause: 'one_at_a_time' },
    { picture: 'queue', tone: 'wait', zh: '请一位一位来', en: 'One person at a time' },
  ],
  [
    'full',
    { feedback: 'AccessDenied', reason: 'gp:OccupancyLimit' },
    { picture: 'hourglass', tone: 'wait', zh: '里面人数已满', en: 'It is full inside' },
  ],
  [
    'register',
    { feedback: 'AccessDenied', reason: 'gp:VisitorNotRegistered' },
    { picture: 'guard', tone: 'guard', zh: '您还没有登记', en: 'You are not registered yet' },
  ],
  [
    'forged',
    { feedback: 'AccessDenied', reason: 'gp:SignatureInvalid' },
    { picture: 'hand', tone: 'stop', zh: '通行证核验未通过', en: 'This pass could not be verified' },
  ],
  [
    'closer',
    { feedback: 'Measure', cause: 'too_far' },
    { picture: 'closer', tone: 'act', zh: '请靠近一点', en: 'Please come closer' },
  ],
  [
    'further',
    { feedback: 'Measure', cause: 'too_close' },
    { picture: 'further', tone: 'act', zh: '请退后一点', en: 'Please step back a little' },
  ],
  [
    'still',
    { feedback: 'Measure', cause: 'unstable' },
    { picture: 'still', tone: 'act', zh: '请站稳不要动', en: 'Please hold still' },
  ],
  [
    'uncover',
    { feedback: 'Measure', cause: 'out_of_skin_range' },
    { picture: 'uncover', tone: 'act', zh: '请露出额头', en: 'Please uncover your forehead' },
  ],
  [
    'settling',
    { feedback: 'Measure', cause: 'ambient_drift' },
    { picture: 'hourglass', tone: 'wait', zh: '请稍等一会儿', en: 'The thermometer is settling' },
  ],
  [
    'steady',
    { feedback: 'Measure', cause: 'steady', progress: 0.5 },
    { picture: 'measuring', tone: 'act', zh: '很好，请保持不动', en: 'Good. Stay like this' },
  ],
  [
    'held-open',
    { feedback: 'TextMessage', message: 'HeldOpen' },
    { picture: 'walk', tone: 'go', zh: '门开着，不用扫码', en: 'No code is needed' },
  ],
  [
    'cold',
    { feedback: 'Wait', cause: 'cold_skin', waitSeconds: 300 },
    { picture: 'countdown', tone: 'wait', zh: '请先暖和一下', en: 'Please warm up first' },
  ],
  [
    'wait',
    { feedback: 'Wait', cause: 'environment' },
    { picture: 'clock', tone: 'wait', zh: '现在无法测温', en: 'The guard will help you' },
  ],
  [
    'close',
    { feedback: 'DoorPreAlarmWarning' },
    { picture: 'door', tone: 'guard', zh: '请随手关门', en: 'Please close the door' },
  ],
  [
    'open-too-long',
    { feedback: 'DoorOpenTooLong' },
    { picture: 'door', tone: 'stop', zh: '请关好门', en: 'It has been open too long' },
  ],
  [
    'message',
    { feedback: 'TextMessage' },
    { picture: 'guard', tone: 'guard', zh: '请听保安安排', en: 'Please listen to the guard' },
  ],
  [
    'fire-in',
    { feedback: 'TextMessage', message: 'FireAlarm' },
    { picture: 'noEntry', tone: 'stop', zh: '火警！请勿进入', en: 'Fire alarm: do not go in' },
  ],
  [
    'fire-out',
    { feedback: 'TextMessage', message: 'FireAlarm', direction: 'out' },
    { picture: 'escape', tone: 'go', zh: '火警！马上离开', en: 'Fire alarm: leave now' },
  ],
  [
    'evacuation-in',
    { feedback: 'TextMessage', message: 'Evacuation' },
    { picture: 'noEntry', tone: 'stop', zh: '紧急疏散：请勿进入', en: 'Evacuation: do not go in' },
  ],
  [
    'evacuation-out',
    { feedback: 'TextMessage', message: 'Evacuation', direction: 'out' },
    { picture: 'escape', tone: 'go', zh: '紧急疏散：请立即离开', en: 'Evacuation: leave now' },
  ],
  [
    'site-lockdown',
    { feedback: 'TextMessage', message: 'SiteLockdown' },
    { picture: 'closed', tone: 'off', zh: '奉令关闭', en: 'Closed by order' },
  ],
  [
    'fault',
    { feedback: 'Fault', reason: 'gp:LogUnavailable' },
    { picture: 'broken', tone: 'off', zh: '现在不能自动开门', en: 'The gate cannot open by itself now' },
  ],
  [
    'disabled',
    { feedback: 'Disabled' },
    { picture: 'closed', tone: 'off', zh: '此通道已关闭', en: 'This way is closed' },
  ],
];

describe("what the resident's screen says", () => {
  it.each(LOOKS)('of %s has this picture, colour and words', (_name, change, { picture, tone, zh, en }) => {
    const view = promptView(change);
    expect(saidIn(view, {}, 'en')).toMatchObject({ picture, tone });
    for (const [language, words] of [
      ['zh-CN', zh],
      ['en', en],
    ] as const)
      expect(Object.values(saidIn(view, {}, language).words).join('\n')).toContain(words);
  });

  it.each(LANGUAGES)('is told by a state wherever the locale file of %s has words for it', (language) => {
    const { feedback, message, assist, selfService, guardAway, trouble } = localeOf(language).prompt;
    const { cause, reason } = localeOf(language);
    const told = STATES.map((view) => JSON.stringify(saidIn(view, SITE, language).words)).join('\n');
    const inForce = [
      ...Object.values(feedback),
      ...Object.values(message).flatMap((way) => Object.values(way)),
      ...[assist.ringing, assist.unanswered, assist.coming, assist.refused, guardAway],
      ...[assist.talking, assist.connecting, ...Object.values(assist.trouble)],
      ...[selfService.code, selfService.counting, ...Object.values(selfService.refused)],
      ...Object.values(cause),
      ...Object.values(reason),
    ].map(({ say }) => say);
    const missing = [...inForce, ...Object.values(trouble)].filter(
      (say) => !told.includes(JSON.stringify(say.split('{')[0]).slice(1, -1)),
    );
    expect(missing).toEqual([]);
  });

  it('speaks each sentence in some state, but the one for a lost gate', () => {
    const spoken = new Set(STATES.map((view) => saidIn(view, SITE, 'en').sentence));
    expect(SENTENCES.filter((sentence) => !spoken.has(sentence))).toEqual(['lost']);
  });
});
