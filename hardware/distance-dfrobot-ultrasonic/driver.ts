import { streamingDistance } from '../serial/line-sensors.ts';
import { StreamingDistance } from '../simulators/streaming-distance.ts';
import { DfrobotUltrasonicDecoder, encodeFrame, REACH_MM } from './codec.ts';

/**
 * DFRobot's ultrasonic modules with a serial line (hardware/FACTS.md#dfrobot-ultrasonic), which send by themselves. Most
 * are blind much further than the nearest of them.
 */
export const DFROBOT_ULTRASONIC = streamingDistance({
  driver: 'dfrobot-ultrasonic',
  speeds: [9600],
  silenceMs: 2000,
  seesMm: { from: 30, to: REACH_MM },
  decoder: () => new DfrobotUltrasonicDecoder(),
  simulate: (deps) =>
    new StreamingDistance({
      ...deps,
      baudRate: 9600,
      periodMs: 100,
      encode: encodeFrame,
      nothing: encodeFrame(0),
    }),
});
