import { type Finding, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

/** What the kernel's sound cards can do, one line each (Documentation/sound/designs/procfs.rst). */
const SOUND_DEVICES = '/proc/asound/pcm';
const POLICY = '/etc/chromium/policies/managed/gatepost.json';

/** Whether somebody at the resident's screen could talk with a guard: microphone, loudspeaker, and the browser's leave. */
export function checkSound(machine: Machine): Finding {
  const devices = machine.read(SOUND_DEVICES) ?? '';
  const missing = [
    ...(devices.includes('capture') ? [] : ['microphone']),
    ...(devices.includes('playback') ? [] : ['loudspeaker']),
  ];
  if (missing.length > 0)
    return warn(
      'sound',
      `The kernel knows no ${missing.join(' and no ')}: nobody at the gate can talk with a guard.`,
      'Plug in a USB microphone with a loudspeaker (arecord -l and aplay -l name them), or set assist.talk: false.',
    );
  if (machine.exists(POLICY))
    return ok('sound', 'There is a microphone, and the browser of the kiosk may use it.');
  return warn(
    'sound',
    `The browser of the kiosk may not use the microphone: ${POLICY} is missing.`,
    'Run scripts/install again, then: systemctl restart gatepost-kiosk',
  );
}
