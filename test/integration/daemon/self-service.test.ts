import { spawnSync } from 'node:child_process';
import { expect, it, onTestFinished } from 'vitest';
import { stepAt } from '../../../src/core/pass/dynamic-code.ts';
import { dynamicCode } from '../../../src/core/pass/issue-pass.ts';
import type { AccountView, PromptView } from '../../../src/ports/resident-prompt.ts';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import { GUARD, GuardClient } from '../../support/screens/guard-client.ts';
import { WebScreen } from '../../support/screens/web-screen.ts';

/** The built program, as the daemon under test is. */
const GATEPOST = 'dist/src/cli/gatepost.js';
const holderKey = { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey } as const;

needs('socat')('what is kept about a pass, asked at a running gate', () => {
  it('is told at its screen, erased when a guard confirms it, and proved by a receipt', async () => {
    let rises = 0;
    const onRise = () => {
      rises += 1;
    };
    const gate = await TestGate.set({ screening: 'off', contact: false, selfService: true, onRise });
    onTestFinished(() => gate.dispose());
    const daemon = await gate.start();
    const guard = await GuardClient.signIn(daemon);
    onTestFinished(() => guard.close());
    const screen = await WebScreen.open(`${daemon.url}/ws/prompt?accessPoint=main-in`, {
      origin: daemon.url,
    });
    onTestFinished(() => screen.socket.terminate());
    const prompt = () => screen.latest('prompt') as PromptView | undefined;
    const account = () => screen.latest('account') as AccountView | undefined;
    const idle = () => screen.until(() => prompt()?.feedback === 'Idle');
    const { text, passId } = issuePass({ holderKey });
    /** The phone's own clock may be a step ahead, so two codes count at one time; then it waits for the next. */
    let shown = 0;
    const phone = async () => {
      const next = shown + 1;
      await expect.poll(() => stepAt(Date.now()) + 1, { interval: 200 }).toBeGreaterThanOrEqual(next);
      shown = Math.max(next, stepAt(Date.now()));
      gate.show(dynamicCode(text, testSigner('phone'), shown));
    };
    const press = async (order: string) => {
      const answer = await fetch(`${daemon.url}/api/self-service`, {
        method: 'POST',
        // A connection that was kept may have been closed while this process waited for another one.
        headers: { origin: daemon.url, 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ accessPoint: 'main-in', order }),
      });
      return answer.status;
    };
    const asks = async () => {
      await idle();
      expect(await press('begin')).toBe(200);
      await phone();
      await screen.until(() => prompt()?.selfService?.step === 'account');
    };

    await idle();
    await phone();
    await screen.until(() => prompt()?.feedback === 'AccessGranted');
    await idle();
    const before = rises;
    await asks();
    expect(account()).toMatchObject({ rows: 1, mayAsk: true });
    expect(await press('erasure')).toBe(200);
    await screen.until(() => account()?.request?.state === 'open');
    expect([rises, before]).toEqual([before, 1]);
    expect(gate.rows().filter(({ name }) => name.startsWith('access'))).toHaveLength(1);

    const answer = { request: 1001, answer: 'confirmed', note: 'Looked at an identity card' };
    expect(await guard.order('answer-request', answer)).toBe(403);
    expect(await guard.order('answer-request', { ...answer, password: GUARD.password })).toBe(200);
    await expect
      .poll(() => gate.rows().some(({ name }) => name === 'privacy.erased'), {
        interval: 500,
      })
      .toBe(true);
    const receipt = () =>
      spawnSync(process.execPath, [GATEPOST, 'holder', 'receipt', '1001', '--config', gate.config], {
        encoding: 'utf8',
      });
    await expect.poll(() => receipt().status, { interval: 500 }).toBe(0);
    const told = receipt().stdout;
    expect(JSON.parse(told)).toMatchObject({ receipt: { log: { rows: 1 } }, algorithm: 'Ed25519' });
    expect(told).not.toContain(passId);

    expect(await press('end')).toBe(200);
    await asks();
    expect(account()).toMatchObject({ rows: 0, request: { number: 1001, kind: 'erasure', state: 'done' } });
    expect(await daemon.kill('SIGTERM')).toBe(0);
    expect(gate.verify()).toMatchObject({ status: 'intact', erased: 1 });
  });
});
