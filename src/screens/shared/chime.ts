import { useEffect, useState } from 'preact/hooks';

export type Chime = 'granted' | 'denied' | 'attention' | 'wait' | 'alarm' | 'fire';

/** [frequency in hertz, start in seconds, length in seconds]. Low, because old people do not hear high tones. */
const NOTES: Record<Chime, readonly (readonly [number, number, number])[]> = {
  granted: [
    [523, 0, 0.16],
    [784, 0.17, 0.3],
  ],
  denied: [[196, 0, 0.55]],
  wait: [
    [392, 0, 0.3],
    [392, 0.5, 0.3],
  ],
  attention: [
    [587, 0, 0.18],
    [440, 0.24, 0.18],
    [587, 0.48, 0.18],
  ],
  alarm: [
    [880, 0, 0.22],
    [660, 0.25, 0.22],
    [880, 0.5, 0.22],
    [660, 0.75, 0.22],
  ],
  // The three pulses by which evacuation sounds everywhere (ISO 8201), at the pitch that wakes most people.
  fire: [
    [520, 0, 0.5],
    [520, 1, 0.5],
    [520, 2, 0.5],
  ],
};
const VOLUME = 0.25;
/** What is left of it while the resident's screen speaks on the same machine. */
const BESIDE_SPEECH = 0.4;

/** Where the resident's screen tells the other pages of its browser for how many seconds it speaks. */
export const SPEECH_CHANNEL = 'gatepost.speech';

/** How long a chime sounds, in milliseconds. */
export function lengthOf(chime: Chime): number {
  return Math.max(...NOTES[chime].map(([, start, length]) => (start + length) * 1000));
}

/** Short tones by WebAudio. Unless configured otherwise, browsers allow sound only after a touch or key on the page. */
export class ChimePlayer {
  #context: AudioContext | undefined;
  /** Time of the context until which somebody is spoken to. */
  #quietUntil = 0;

  /** Opens the sound if the browser allows it now; resolves with whether tones can be heard. */
  async unlock(): Promise<boolean> {
    this.#context ??= new AudioContext();
    const context = this.#context;
    // A forbidden resume() stays pending until the next touch, so it is awaited only for a moment. A context that is
    // closed meanwhile is not running either.
    const resumed = context.resume().catch(() => undefined);
    await Promise.race([resumed, new Promise((resolve) => setTimeout(resolve, 300))]);
    return context.state === 'running';
  }

  /** @param loudness 0 to 1 */
  play(chime: Chime, loudness = 1): void {
    const context = this.#context;
    // Tones requested while silenced are dropped, because later they would be about another person.
    if (context?.state !== 'running') return;
    const beside = context.currentTime < this.#quietUntil ? BESIDE_SPEECH : 1;
    const volume = VOLUME * loudness * beside;
    for (const [frequency, start, length] of NOTES[chime])
      tone(context, { frequency, start, length, volume });
  }

  /** Tones are quieter for so many seconds, because somebody is spoken to. */
  quieten(seconds: number): void {
    this.#quietUntil = (this.#context?.currentTime ?? 0) + seconds;
  }

  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }
}

interface Tone {
  readonly frequency: number;
  readonly start: number;
  readonly length: number;
  readonly volume: number;
}

function tone(context: AudioContext, { frequency, start, length, volume }: Tone): void {
  const from = context.currentTime + start;
  const oscillator = new OscillatorNode(context, { frequency, type: 'triangle' });
  const gain = new GainNode(context, { gain: 0 });
  gain.gain.linearRampToValueAtTime(volume, from + 0.02);
  gain.gain.setValueAtTime(volume, from + length - 0.05);
  gain.gain.linearRampToValueAtTime(0, from + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(from + length);
}

/** A player that opens at the first touch or key, and whether it can be heard. */
export function useChimes(): { readonly player: ChimePlayer; readonly audible: boolean } {
  const [player] = useState(() => new ChimePlayer());
  const [audible, setAudible] = useState(false);
  useEffect(() => {
    const unlock = () => void player.unlock().then(setAudible);
    unlock();
    addEventListener('pointerdown', unlock);
    addEventListener('keydown', unlock);
    const speech = new BroadcastChannel(SPEECH_CHANNEL);
    speech.onmessage = ({ data }) => typeof data === 'number' && player.quieten(data);
    return () => {
      speech.close();
      removeEventListener('pointerdown', unlock);
      removeEventListener('keydown', unlock);
      player.close();
    };
  }, [player]);
  return { player, audible };
}
