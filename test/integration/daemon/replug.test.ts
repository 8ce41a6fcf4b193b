import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PAPER, paintCode } from '../../../hardware/scanner-camera/simulator.ts';
import {
  KEYBOARD_DESCRIPTOR,
  KeyboardScannerSimulator,
  POS_DESCRIPTOR,
  posReports,
} from '../../../hardware/scanner-hid/simulator.ts';
import { Gm65Simulator } from '../../../hardware/scanner-serial/gm65-simulator.ts';
import { NodeSerialPorts } from '../../../hardware/serial/serial-ports.ts';
import type { SerialLink } from '../../../src/ports/serial-ports.ts';
import { CameraCable, HidCable, SerialCable } from '../../support/devices/replug-cables.ts';
import { ReplugGate } from '../../support/devices/replug-gate.ts';
import { issuePass } from '../../support/gate/gate.ts';
import { NAMESPACE, needsMounts } from '../../support/needs.ts';

/** A scanner, its cable, and the person who holds a pass in front of it. */
interface Rig {
  readonly cable: {
    readonly path: string;
    plug(): Promise<void>;
    unplug(): Promise<void>;
    /** Comes back at another place before the old one is known to be gone. */
    move(): Promise<void>;
    dispose(): Promise<void>;
  };
  /** One pass, and then the first half of another one if there is one. */
  readonly present: (text: string, andHalfOf?: string) => void;
  /** The second half of a pass. */
  readonly presentRest: (text: string) => void;
}

const KINDS = ['serial', 'gm65', 'keyboard', 'pos', 'camera'] as const;
type Kind = (typeof KINDS)[number];

// In a mount namespace of its own the daemon finds named pipes described as HID devices.
needsMounts(
  '/sys/class',
  'mosquitto',
  'socat',
)('the daemon whose scanners are unplugged while people pass', () => {
  let gate: ReplugGate;
  let rigs: Record<Kind, Rig>;
  const others: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    gate = await ReplugGate.set();
    mkdirSync(join(gate.folder, 'class'));
    const describeHid = (descriptor: Uint8Array) => (node: string) => {
      const folder = join(gate.folder, 'class/hidraw', node, 'device');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'report_descriptor'), descriptor);
    };
    const serial = new SerialCable(gate.folder, 'usb-serial');
    const gm65 = new SerialCable(gate.folder, 'usb-gm65');
    new Gm65Simulator(gm65).powerOn();
    const keyboard = new HidCable(gate.folder, 'keyboard', describeHid(KEYBOARD_DESCRIPTOR));
    const pos = new HidCable(gate.folder, 'pos', describeHid(POS_DESCRIPTOR));
    const camera = new CameraCable(gate.folder, 'camera');
    rigs = {
      serial: serialRig(serial),
      gm65: serialRig(gm65),
      keyboard: keyboardRig(keyboard),
      pos: posRig(pos),
      camera: cameraRig(camera),
    };
    // Longer than the test takes to pull a plug: half a code is still half a code then.
    const patient = { idleMs: 1_000 };
    gate.addPoint('serial', out({ driver: 'serial', path: serial.path, ...patient }));
    gate.addPoint('gm65', out({ driver: 'serial', family: 'gm65', path: gm65.path, ...patient }));
    gate.addPoint('keyboard', out({ driver: 'hid-keyboard', path: keyboard.path, ...patient }));
    gate.addPoint('pos', out({ driver: 'hid-pos', path: pos.path }));
    gate.addPoint('camera', out({ driver: 'camera', source: 'ffmpeg', path: camera.path }));
    const bystander = new SerialCable(gate.folder, 'usb-bystander');
    gate.addPoint('bystander', out({ driver: 'serial', path: bystander.path }));
    await bystander.plug();
    others.push(() => bystander.dispose());

    // Nothing is plugged in at the start, and the folders of the names are not there.
    const pictures = camera.addProgram(PAPER.width * PAPER.height);
    await gate.start({
      wrapper: [
        ...NAMESPACE,
        'sh',
        '-c',
        `mount --bind '${gate.folder}/class' /sys/class && exec "$@"`,
        'sh',
      ],
      env: { PATH: `${pictures}${delimiter}${process.env.PATH}` },
    });
    await gate.guard.sees('scanner:bystander', 'ok');
    const { present } = serialRig(bystander);
    const crowd = [{ present }, { present, pass: 'forged' }, { present, pass: 'of another site' }] as const;
    others.unshift(gate.crowd('bystander', crowd));
  });
  afterAll(async () => {
    for (const rig of Object.values(rigs)) await rig.cable.dispose();
    await gate.dispose();
  });

  it.each(KINDS)('%s: costs no wrong decision, and reads again', async (kind) => {
    const { cable, present, presentRest } = rigs[kind];
    const device = `scanner:${kind}`;
    const isBack = () => gate.isBack(device, cable.path);
    await gate.isAway(device);
    await cable.plug();
    await isBack();
    await gate.comes(kind, { present });
    await gate.comes(kind, { present, pass: 'forged' });

    // Pulled in the middle of a pass, while the one before it is on the way through the door.
    const cut = issuePass();
    const first = await gate.show(kind, { present: (text) => present(text, cut.text) });
    await first.decided();
    await cable.unplug();
    await gate.isAway(device);
    await first.gone();
    await cable.plug();
    await isBack();
    presentRest(cut.text);
    // A word that is no pass is told once nothing follows it: within a pass's reach it would be part of that code.
    if (kind !== 'camera') await gate.showsScrap(kind);
    await gate.comes(kind, { present, issued: cut });
    await gate.comes(kind, { present, pass: 'of another site' });

    // Pulled twice before anybody can look.
    for (let pulls = 0; pulls < 2; pulls++) {
      await cable.unplug();
      await cable.plug();
    }
    await isBack();
    await gate.comes(kind, { present });

    // It is there under its name again while the old one is still open.
    await cable.move();
    await isBack();
    await gate.comes(kind, { present });
    await gate.comes(kind, { present, pass: 'forged' });
  });

  it('a scanner whose line another program has taken is read when that lets go', async () => {
    const { present, cable } = rigs.serial;
    if (!(cable instanceof SerialCable)) throw new Error('no serial line');
    await cable.unplug();
    let taker: SerialLink | undefined;
    await cable.plug(async (path) => {
      const line = { path, baudRate: 9600 };
      taker = await new NodeSerialPorts().open(line, () => undefined, new AbortController().signal);
    });
    await gate.guard.sees('scanner:serial', 'missing', 'device.busy');
    await taker?.close();
    await gate.isBack('scanner:serial', cable.path);
    await gate.comes('serial', { present });
  });

  it('a camera that hangs without a word is started again', async () => {
    const { present, cable } = rigs.camera;
    if (!(cable instanceof CameraCable)) throw new Error('no camera');
    cable.setHanging(true);
    await gate.isAway('scanner:camera');
    cable.setHanging(false);
    await gate.isBack('scanner:camera');
    await gate.comes('camera', { present });
  });

  it('opened for those and only those, and lost nothing', async () => {
    for (const end of others) await end();
    await gate.check();
    // The rest of a pass is no pass, and no part of another one. A busy machine may read it in several pieces.
    const scraps = [...KINDS, 'bystander'].filter((id) => gate.scraps(id) > 0);
    expect(scraps).toEqual(['serial', 'gm65', 'keyboard', 'pos']);
  });
});

function out(scanner: object): { direction: 'out'; scanner: object } {
  return { direction: 'out', scanner };
}

function halves(text: string): readonly [string, string] {
  return [text.slice(0, text.length / 2), text.slice(text.length / 2)];
}

function serialRig(cable: SerialCable): Rig {
  const send = (text: string): void => cable.write(new TextEncoder().encode(text));
  return {
    cable,
    present: (text, next = '') => send(`${text}\r${halves(next)[0]}`),
    presentRest: (text) => send(`${halves(text)[1]}\r`),
  };
}

function keyboardRig(cable: HidCable): Rig {
  const scanner = new KeyboardScannerSimulator(cable, 'us');
  return {
    cable,
    present: (text, next = '') => {
      scanner.present(text);
      scanner.present(halves(next)[0], null);
    },
    presentRest: (text) => scanner.present(halves(text)[1]),
  };
}

function posRig(cable: HidCable): Rig {
  const reportsOf = (text: string): Uint8Array[] => posReports(new TextEncoder().encode(text));
  const send = (reports: readonly Uint8Array[]): void => {
    for (const report of reports) cable.write(report);
  };
  return {
    cable,
    present: (text, next) => {
      send(reportsOf(text));
      if (next !== undefined) send(reportsOf(next).slice(0, 2));
    },
    presentRest: (text) => send(reportsOf(text).slice(2)),
  };
}

/** A picture is there or not: the second half of a pass is the lower half of its picture. */
function cameraRig(cable: CameraCable): Rig {
  const picture = (text: string, whole = true): Uint8Array => {
    const grey = paintCode(text, PAPER);
    return whole ? grey : grey.fill(PAPER.room, 0, grey.length / 2);
  };
  return {
    cable,
    present: (text) => cable.show(picture(text)),
    presentRest: (text) => cable.show(picture(text, false)),
  };
}
