import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DecisionView } from '../../../src/ports/boards.ts';
import type { DemoState } from '../../../src/ports/demo-panel.ts';
import type { DoorView } from '../../../src/ports/gate-state.ts';
import type { PromptView } from '../../../src/ports/resident-prompt.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';
import { GuardClient } from '../../support/screens/guard-client.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatepost-demo-'));
const config = join(folder, 'gatepost.yaml');
let daemon: DaemonProcess;
let guard: GuardClient;

beforeAll(async () => {
  const door = { releaseSeconds: 0.2, passageSeconds: 1, lock: { driver: 'simulated' } };
  const accessPoint = { door: 'main', scanner: { driver: 'serial', path: 'simulated' } };
  writeFileSync(
    config,
    JSON.stringify({
      version: 1,
      site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai' },
      gate: { id: 'north', name: 'North gate' },
      doors: {
        main: {
          ...door,
          name: 'Main',
          inputs: {
            exitButton: { driver: 'simulated', stateFile: 'exit' },
            callButton: { driver: 'simulated', accessPoint: 'main-in' },
            tamper: { driver: 'simulated' },
            fire: { driver: 'simulated' },
          },
        },
        side: { ...door, name: 'Side' },
      },
      accessPoints: {
        'main-in': { ...accessPoint, direction: 'in' },
        'main-out': { ...accessPoint, direction: 'out' },
      },
      passes: { issuers: [] },
      web: { host: '127.0.0.1', port: 0 },
      store: { folder: join(folder, 'store') },
      demo: { panel: true },
    }),
  );
  daemon = await DaemonProcess.start({ config });
  guard = await GuardClient.signIn(daemon);
  await doorIs({ tamper: 'NotInTamper', fire: false });
});
afterAll(async () => {
  guard?.close();
  await daemon?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function doorIs(wanted: Partial<DoorView>): Promise<void> {
  await guard.screen.until(() => {
    const door = guard.screen.latest('door/main') as DoorView | undefined;
    return Object.entries(wanted).every(([key, value]) => door?.[key as keyof DoorView] === value);
  });
}

function work(input: string, active: boolean, door = 'main'): Promise<Response> {
  return fetch(new URL('/api/demo/input', daemon.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: daemon.url },
    body: JSON.stringify({ door, input, active }),
  });
}

/** What the panel shows of the inputs of both doors: those that are active, in their order. */
async function panel(): Promise<readonly (readonly string[])[]> {
  const state = (await (await fetch(new URL('/api/demo', daemon.url))).json()) as DemoState;
  return state.doors.map(({ inputs }) => inputs.map(({ input, active }) => (active ? `${input}!` : input)));
}

describe('the demo panel of a running gate', () => {
  it('has the inputs that are simulated and no others', async () => {
    expect(await panel()).toEqual([['exitButton', 'callButton', 'tamper', 'fire'], []]);
    const answer = await work('fire', true, 'side');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('fire:main');
  });

  it('presses the exit button, which springs back by itself', async () => {
    expect((await work('exitButton', true)).status).toBe(200);
    await guard.screen.until(() => {
      const [first] = (guard.screen.latest('decisions') ?? []) as DecisionView[];
      return first?.recognition === 'pt:REX';
    });
    await expect.poll(panel).toEqual([['exitButton', 'callButton', 'tamper', 'fire'], []]);
  });

  it('presses the button that calls the guard, which springs back too', async () => {
    const screen = await WebScreen.open(`${daemon.url}/ws/prompt?accessPoint=main-in`, {
      origin: daemon.url,
    });
    expect((await work('callButton', true)).status).toBe(200);
    await screen.until(
      () => (screen.latest('prompt') as PromptView | undefined)?.assist?.status === 'ringing',
    );
    await expect.poll(panel).toEqual([['exitButton', 'callButton', 'tamper', 'fire'], []]);
    await guard.order('answer-assist', { accessPoint: 'main-in', answer: 'refused' });
    screen.socket.terminate();
  });

  it('opens the lid and closes it', async () => {
    await work('tamper', true);
    await doorIs({ tamper: 'TamperDetected' });
    expect(await panel()).toEqual([['exitButton', 'callButton', 'tamper!', 'fire'], []]);
    await work('tamper', false);
    await doorIs({ tamper: 'NotInTamper' });
  });

  it('sets off a fire alarm, which the residents are told of until it ends', async () => {
    const screens = await Promise.all(
      ['main-in', 'main-out'].map((id) =>
        WebScreen.open(`${daemon.url}/ws/prompt?accessPoint=${id}`, { origin: daemon.url }),
      ),
    );
    const say = (wanted: Partial<PromptView>) =>
      Promise.all(
        screens.map((screen) =>
          screen.until(() => {
            const view = screen.latest('prompt') as PromptView | undefined;
            return view?.feedback === wanted.feedback && view?.message === wanted.message;
          }),
        ),
      );
    await say({ feedback: 'Idle' });
    await work('fire', true);
    await say({ feedback: 'TextMessage', message: 'FireAlarm' });
    expect(await panel()).toEqual([['exitButton', 'callButton', 'tamper', 'fire!'], []]);
    await work('fire', false);
    await say({ feedback: 'Idle' });
    for (const screen of screens) screen.socket.terminate();
  });

  it('lets go of the button when it ends', async () => {
    await work('exitButton', true);
    await daemon.kill('SIGTERM');
    expect(readFileSync(join(folder, 'exit'), 'utf8').trim()).toBe('0');
  });
});
