import type { Parity, StopBits } from '../../src/ports/serial-ports.ts';
import { type LineSettings, LineThermometer, type ThermometerManifest } from '../serial/line-sensors.ts';
import { openPolledLine } from '../serial/polled-line.ts';
import { encodeRequest, ModbusDecoder } from './codec.ts';
import type { RegisterMap } from './register-map.ts';
import { ModbusSimulator } from './simulator.ts';

const PERIOD_MS = 200;

interface ModbusSettings extends LineSettings, RegisterMap {
  readonly baudRate: number;
  /** `none` when left out. */
  readonly parity?: Parity;
  /** 1 when left out. */
  readonly stopBits?: StopBits;
  /** Longest wait for an answer, in milliseconds. */
  readonly replyMs: number;
}

const TRAITS = {
  driver: 'modbus',
  settings: 'registers',
  silenceMs: 3000,
  tellsAmbient: 'ambientRegister',
  tellsEstimate: false,
} as const;

/**
 * A sensor on RS-485 with Modbus RTU (hardware/FACTS.md#modbus-rtu). The same block of registers is polled all the
 * time, with one request under way, so a late answer may be old but is never that of another register.
 */
export const MODBUS: ThermometerManifest<ModbusSettings> = {
  ...TRAITS,
  make: (line, settings) => {
    const { baudRate, parity = 'none', stopBits = 1, replyMs, ...map } = settings;
    const request = Array.from(encodeRequest(map));
    return new LineThermometer({
      ...TRAITS,
      resolutionC: 1 / map.stepsPerDegree,
      line: { ...line, baudRate, parity, stopBits },
      note: `address ${map.address}`,
      talk: (open, onEvent, signal) =>
        openPolledLine({
          line: open,
          decoder: new ModbusDecoder(map),
          onEvent,
          signal,
          request: () => request,
          periodMs: PERIOD_MS,
          deadlineMs: replyMs,
        }),
    });
  },
  simulate: ({ clock: _clock, ...deps }, { baudRate, parity = 'none', ...map }) =>
    new ModbusSimulator({ ...deps, map, baudRate, parity }),
};
