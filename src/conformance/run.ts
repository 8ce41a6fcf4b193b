import { messageOf } from '../core/errors.ts';
import { type Claim, Kit, type KitSettings, type Scene, type Verdict } from './kit.ts';
import { EPOCH_SCENES } from './scenes/epochs.ts';
import { FEED_SCENES } from './scenes/feed.ts';
import { GAP_SCENES } from './scenes/gaps.ts';
import { MESSAGE_SCENES } from './scenes/messages.ts';
import { PROOF_SCENES } from './scenes/proofs.ts';
import { RECEIPT_SCENES } from './scenes/receipts.ts';

const SCENES: readonly Scene[] = [
  ...[...FEED_SCENES, ...GAP_SCENES, ...EPOCH_SCENES],
  ...[...PROOF_SCENES, ...MESSAGE_SCENES, ...RECEIPT_SCENES],
];

interface Assertion extends Claim {
  readonly number: number;
  readonly scene: string;
}

export type Result = Assertion & Verdict;

/** Every assertion, by its number. */
export function assertions(): readonly Assertion[] {
  return SCENES.flatMap(({ name, claims }) =>
    Object.entries(claims).map(([number, claim]) => ({ number: Number(number), scene: name, ...claim })),
  ).sort((one, other) => one.number - other.number);
}

/**
 * Plays the scenes of these assertions, side by side but for those that stop the server.
 * @param only numbers; empty: all
 */
export async function play(settings: KitSettings, only: readonly number[]): Promise<readonly Result[]> {
  const isWanted = (number: number): boolean => only.length === 0 || only.includes(number);
  const wanted = SCENES.filter(({ claims }) => Object.keys(claims).map(Number).some(isWanted));
  const verdicts = new Map<number, Verdict>();
  const playOne = async (scene: Scene): Promise<void> => {
    for (const [number, verdict] of await verdictsOf(scene, settings)) verdicts.set(number, verdict);
  };
  await Promise.all(wanted.filter(({ isLast }) => isLast !== true).map(playOne));
  for (const scene of wanted.filter(({ isLast }) => isLast === true)) await playOne(scene);
  return assertions()
    .filter(({ number }) => isWanted(number))
    .map((assertion) => ({
      ...assertion,
      ...(verdicts.get(assertion.number) ?? { result: 'failed', why: 'it was not reached' }),
    }));
}

async function verdictsOf(scene: Scene, settings: KitSettings): Promise<ReadonlyMap<number, Verdict>> {
  const kit = new Kit(settings);
  try {
    await scene.play(kit);
  } catch (error) {
    const why = `the scene could not be played: ${messageOf(error)}`;
    for (const number of Object.keys(scene.claims).map(Number))
      if (!kit.verdicts.has(number)) kit.decide(number, false, why);
  } finally {
    await kit.close();
  }
  return kit.verdicts;
}
