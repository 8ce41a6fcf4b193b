import type { Cancel, Clock } from '../ports/clock.ts';
import type { DemoPanel, DemoStory } from '../ports/demo-panel.ts';

interface Step {
  /** Key of the caption in the locale files. */
  readonly id: string;
  /** How long the caption is shown, in ms: until the people of this step have passed. */
  readonly ms: number;
  readonly play: (panel: Pick<DemoPanel, 'present' | 'setPerson' | 'setUnplugged'>) => void;
}

const ROOM_C = 22;

/** One morning at a gate, in about a minute: the people in the order in which they arrive. */
function morning(way: { in: string; out: string }): readonly Step[] {
  const comes = (sample: string, foreheadC: number) => (panel: Parameters<Step['play']>[0]) => {
    panel.setPerson({ accessPoint: way.in, person: { present: true, foreheadC, roomC: ROOM_C } });
    panel.present({ accessPoint: way.in, sample });
  };
  const cable = (unplugged: boolean) => (panel: Parameters<Step['play']>[0]) =>
    panel.setUnplugged({ device: `thermometer:${way.in}`, unplugged });
  return [
    { id: 'resident', ms: 7_000, play: comes('resident', 36.4) },
    { id: 'phone', ms: 7_000, play: comes('phone', 36.6) },
    { id: 'forged', ms: 6_000, play: comes('forged', 36.5) },
    { id: 'elevated', ms: 14_000, play: comes('neighbour', 38.2) },
    {
      id: 'leaves',
      ms: 6_000,
      play: (panel) => panel.present({ accessPoint: way.out, sample: 'neighbour' }),
    },
    { id: 'unplugged', ms: 4_000, play: cable(true) },
    { id: 'called', ms: 8_000, play: comes('delivery', 36.3) },
    { id: 'plugged', ms: 5_000, play: cable(false) },
    { id: 'emergency', ms: 7_000, play: comes('emergency', 36.5) },
    { id: 'end', ms: 4_000, play: () => undefined },
  ];
}

/** Runs the story on the demo's simulated devices; every step goes through their bytes. */
export class MorningStory {
  readonly #clock: Clock;
  readonly #panel: Pick<DemoPanel, 'present' | 'setPerson' | 'setUnplugged'>;
  readonly #steps: readonly Step[];
  #at: number | undefined;
  #cancel: Cancel | undefined;

  constructor(deps: {
    clock: Clock;
    panel: Pick<DemoPanel, 'present' | 'setPerson' | 'setUnplugged'>;
    way: { in: string; out: string };
  }) {
    this.#clock = deps.clock;
    this.#panel = deps.panel;
    this.#steps = morning(deps.way);
  }

  state(): DemoStory | undefined {
    const step = this.#at === undefined ? undefined : this.#steps[this.#at];
    return step && { step: step.id, number: (this.#at ?? 0) + 1, of: this.#steps.length };
  }

  /** Starts from the beginning. */
  begin(): void {
    this.end();
    this.#play(0);
  }

  /** Stops early; a device that a step unplugged is plugged in again. */
  end(): void {
    this.#cancel?.();
    const pulled = this.state()?.step === 'unplugged' || this.state()?.step === 'called';
    if (pulled) this.#steps.find(({ id }) => id === 'plugged')?.play(this.#panel);
    this.#at = undefined;
  }

  #play(at: number): void {
    const step = this.#steps[at];
    this.#at = step === undefined ? undefined : at;
    if (step === undefined) return;
    step.play(this.#panel);
    this.#cancel = this.#clock.schedule(step.ms, () => this.#play(at + 1));
  }
}
