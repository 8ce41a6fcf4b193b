import { describe, expect, it, onTestFinished } from 'vitest';
import { readStates } from '../../src/cli/site/doctor-facts.ts';
import { misuseIn } from '../../src/core/scan/scanner-misuse.ts';
import { checkDeviceStates } from '../../src/doctor/device-states.ts';
import { PublishedContract } from '../support/broker/published-contract.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { passText, RuleGate } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const PASS = passText({ passId: '00000000000000a1' });
const SCANNER = 'device/scanner:main-in';

async function openGate(): Promise<RuleGate> {
  const clock = new VirtualClock(NOW_S * 1000);
  const gate = await RuleGate.start(temporaryFolder(), clock, policy());
  onTestFinished(() => gate.stop());
  return gate;
}

describe('what a scanner does to a pass', () => {
  it.each([
    [`]Q1${PASS}`, { misuse: 'scanner_prefix', added: 'the AIM identifier ]Q1' }],
    [`]Q3${PASS}`, { misuse: 'scanner_prefix', added: 'the AIM identifier ]Q3' }],
    [`\\000026${PASS}`, { misuse: 'scanner_prefix', added: 'the character set \\000026' }],
    [
      `]Q2\\000026${PASS}`,
      { misuse: 'scanner_prefix', added: 'the AIM identifier ]Q2, the character set \\000026' },
    ],
    [`QR ${PASS}`, { misuse: 'scanner_prefix', added: '3 more characters' }],
    [`\u0002${PASS}\u0003`, { misuse: 'scanner_prefix', added: 'the control character STX' }],
    [
      `\u0002]d2\u001d${PASS}`,
      {
        misuse: 'scanner_prefix',
        added: 'the control character STX, the AIM identifier ]d2, the control character GS',
      },
    ],
    [`]q1${PASS.toLowerCase()}`, { misuse: 'scanner_prefix', added: 'the AIM identifier ]Q1' }],
    [`${PASS}\u001d`, { misuse: 'scanner_suffix' }],
    [`~${PASS}~`, { misuse: 'scanner_prefix', added: '1 more character' }],
    [`${PASS}]`, { misuse: 'scanner_suffix' }],
    [`${PASS}0012`, { misuse: 'scanner_suffix' }],
    [PASS.toLowerCase(), { misuse: 'scanner_case' }],
    [PASS, undefined],
    [`${PASS}  `, undefined],
    ['https://example.org/?GP1:', undefined],
    [`GP1:${'A'.repeat(300)}`, undefined],
    ['', undefined],
  ])('is found in %j', (text, found) => {
    expect(misuseIn(text, false)).toEqual(found);
  });

  it('is told of another keyboard only where it types', () => {
    const typed = PASS.replaceAll(':', 'Ö').replaceAll('-', 'ß');
    expect(misuseIn(typed, true)).toEqual({ misuse: 'scanner_layout' });
    expect(misuseIn(typed, false)).toBeUndefined();
    expect(misuseIn('GPS and so on', true)).toBeUndefined();
  });

  it('is never told in the words of the code, which anybody can make up', () => {
    const { added } = misuseIn(`CALL 555 NOW ${PASS}`, false) ?? {};
    expect(added).toBe('13 more characters');
  });
});

describe('doctor', () => {
  it('reads in the log how a scanner is, and no mere count', async () => {
    const folder = temporaryFolder();
    const gate = await RuleGate.start(folder, new VirtualClock(NOW_S * 1000), policy());
    onTestFinished(() => gate.stop());
    const told = () => checkDeviceStates(readStates(folder));
    expect(told()).toEqual([]);
    gate.present('in', `]Q1${PASS}`);
    await gate.pass(7_000);
    expect(told()).toMatchObject([
      {
        grade: 'warn',
        text: expect.stringMatching(/^scanner:main-in: at \d{4}-.*\]Q1/),
        fix: expect.stringContaining('show a pass'),
      },
    ]);
    gate.present('in', PASS);
    expect(told()).toEqual([]);
    expect(readStates(`${folder}/none`)).toEqual([]);
  });
});

describe('a scanner that is set up otherwise', () => {
  it.each([
    [`]Q1${PASS}`, 'scanner_prefix', 'AIM identifier ]Q1'],
    [`\\000026${PASS}`, 'scanner_prefix', 'character set \\000026'],
    [`${PASS}*`, 'scanner_suffix', 'behind the code'],
    [PASS.toLowerCase(), 'scanner_case', 'capital letters'],
  ])('opens nothing, and the guard is told why, until a pass is read: %j', async (text, cause, words) => {
    const gate = await openGate();
    expect(gate.show('in', text)?.granted).toBe(false);
    expect(gate.feed.get(SCANNER)).toMatchObject({
      status: 'degraded',
      cause,
      detail: expect.stringContaining(words),
    });
    expect(gate.data('device.scanner')).toMatchObject([{ status: 'degraded', cause }]);
    const published = new PublishedContract();
    expect(published.check('urn:gatepost:event:device.scanner:v1', gate.data('device.scanner')[0])).toEqual(
      [],
    );
    await gate.pass(7_000);
    expect(gate.show('in', { passId: '00000000000000b2' })?.granted).toBe(true);
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
    expect(gate.data('device.scanner').at(-1)).toEqual({ device: 'scanner:main-in', status: 'ok' });
  });

  it('is told apart from people with codes that are none, and from forged passes', async () => {
    const gate = await openGate();
    for (const text of ['https://example.org', 'GP1:TORN', '4006381333931']) {
      gate.present('in', text);
      await gate.pass(7_000);
    }
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
  });

  it('is not told of its speed when it adds control characters, and is when some pieces are text by chance', async () => {
    const gate = await openGate();
    for (let shown = 0; shown < 4; shown++) {
      gate.present('in', `\u0002${PASS}`);
      await gate.pass(7_000);
    }
    expect(gate.feed.get(SCANNER)).toMatchObject({
      cause: 'scanner_prefix',
      detail: expect.stringContaining('control character STX'),
    });
    for (const piece of [[0xff], [0x41], [0xfe, 0x80], [0x42], [0x99]]) {
      gate.sensors.scanners.in.send(Uint8Array.of(...piece, 0x0d));
      await gate.pass(7_000);
    }
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'degraded', cause: 'scanner_speed' });
  });

  it.each([
    ['framing errors alone, of a line that is read far too fast', new Uint8Array(200)],
    ['control characters alone', Uint8Array.of(0x41, 1, 0x18, 6, 0x1e, 0x18, 7, 0x42, 0x0d)],
    ['bytes that are no text', Uint8Array.of(0x98, 0x06, 0xe6, 0x41, 0x0d)],
  ])('is told of its speed when three codes are %s', async (_name, garbage) => {
    const gate = await openGate();
    for (let shown = 1; shown <= 3; shown++) {
      expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
      gate.sensors.scanners.in.send(garbage);
      await gate.pass(7_000);
    }
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'degraded', cause: 'scanner_speed' });
  });

  it('is not told of its speed by codes with a few control characters, such as those of goods', async () => {
    const gate = await openGate();
    for (let shown = 1; shown <= 4; shown++) {
      gate.present('in', `010460606100000021${shown}\u001d91ABCD\u001d92dGVzdA==`);
      await gate.pass(7_000);
    }
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
  });

  it('is told of its speed when what it sends is no text, and of nothing when that is one code', async () => {
    const gate = await openGate();
    gate.sensors.cables.in.setBaudRate(115_200);
    for (let shown = 1; shown <= 3; shown++) {
      expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
      gate.present('in', { passId: `00000000000000c${shown}` });
      await gate.pass(7_000);
    }
    expect(gate.feed.get(SCANNER)).toMatchObject({
      status: 'degraded',
      cause: 'scanner_speed',
      detail: expect.stringContaining('baudRate'),
    });
    gate.sensors.cables.in.setBaudRate(9_600);
    await gate.pass(1_000);
    expect(gate.show('in', PASS)?.granted).toBe(true);
    expect(gate.feed.get(SCANNER)).toMatchObject({ status: 'ok' });
  });
});
