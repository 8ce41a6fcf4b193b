import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it, vi } from 'vitest';
import { FakeGpiod } from '../support/devices/fake-gpiod.ts';
import { LedKernel } from '../support/devices/led-kernel.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

const AT_MOST = { timeout: 200_000, interval: 5 };

/** Runs a process that releases a lock, and kills it while the lock is released. */
async function killWhileReleased(...args: string[]): Promise<void> {
  const running = spawn(process.execPath, typescriptArguments('faults/dying-pulse.child.ts', ...args), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: running.stdout }), 'line');
  running.kill('SIGKILL');
  await once(running, 'exit');
}

describe('a process that dies while its door is released', () => {
  it.each(['1.6.3', '2.2.1'] as const)('gpioset %s ends a pulse by itself', async (version) => {
    const gpiod = new FakeGpiod(version);
    try {
      await killWhileReleased('gpiod', gpiod.source.path ?? '', 'pulse');
      expect(gpiod.level()).toBe(1);
      await vi.waitFor(() => expect(gpiod.level()).toBe(0), AT_MOST);
    } finally {
      gpiod.cleanUp();
    }
  });

  it('a door that gpioset holds open does not stay so', async () => {
    const gpiod = new FakeGpiod('2.2.1');
    try {
      await killWhileReleased('gpiod', gpiod.source.path ?? '', 'hold');
      await vi.waitFor(() => expect(gpiod.level()).toBe(0), AT_MOST);
    } finally {
      gpiod.cleanUp();
    }
  });

  it('the kernel ends the pulse of an LED', async () => {
    const kernel = new LedKernel();
    try {
      await killWhileReleased('leds', kernel.root, 'pulse');
      expect(kernel.isOn()).toBe(true);
      await vi.waitFor(() => expect(kernel.isOn()).toBe(false), AT_MOST);
    } finally {
      kernel.cleanUp();
    }
  });
});
