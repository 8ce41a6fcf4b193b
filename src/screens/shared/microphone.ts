import type { TalkTrouble } from '../../core/access/vocabulary.ts';

/** Against the echo of the own loudspeaker, the noise of the road, and people who speak softly. */
const FOR_SPEECH = { echoCancellation: true, noiseSuppression: true, autoGainControl: true } as const;

/** Whether this page could open a microphone at all: browsers let only pages over HTTPS, or of the machine itself. */
export function mayListen(): boolean {
  return isSecureContext && navigator.mediaDevices !== undefined;
}

/** Whether there is a microphone; opens none and asks nobody. */
export async function hasMicrophone(): Promise<boolean> {
  if (!mayListen()) return false;
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  return devices.some(({ kind }) => kind === 'audioinput');
}

/** Opens the microphone, or says why not. */
export async function openMicrophone(): Promise<
  MediaStream | Extract<TalkTrouble, 'no_microphone' | 'microphone_refused'>
> {
  if (!mayListen()) return 'microphone_refused';
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: FOR_SPEECH });
  } catch (error) {
    const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
    return isRefused ? 'microphone_refused' : 'no_microphone';
  }
}

export function closeMicrophone(microphone: MediaStream): void {
  for (const track of microphone.getTracks()) track.stop();
}
