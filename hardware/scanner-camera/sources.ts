import type { PixelFormat } from './frames.ts';

/** The program that takes the pictures. */
type CameraSource = 'v4l2' | 'ffmpeg' | 'rpicam';

export interface CameraSettings {
  readonly source: CameraSource;
  /** Video device, preferably below /dev/v4l/by-id; for rpicam the number of the camera, 0 or 1. */
  readonly path: string;
  /** Pixels; even numbers. */
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** A program that writes raw pictures to its standard output. */
export interface FrameProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly pixels: PixelFormat;
  /** The Debian package that contains it. */
  readonly debianPackage: string;
  /** Whether each picture comes with a mark and its length before it; see MarkedFrameSplitter. */
  readonly marked?: boolean;
}

/** The program for a camera (hardware/FACTS.md#cameras). */
export function frameProgram(settings: CameraSettings): FrameProgram {
  const { source, path, width, height, framesPerSecond } = settings;
  switch (source) {
    case 'v4l2':
      return {
        command: 'v4l2-ctl',
        args: [
          `--device=${path}`,
          `--set-fmt-video=width=${width},height=${height},pixelformat=YUYV`,
          `--set-parm=${framesPerSecond}`,
          '--stream-mmap',
          '--stream-to-hdr=-',
        ],
        pixels: 'yuyv',
        debianPackage: 'v4l-utils',
        marked: true,
      };
    case 'ffmpeg':
      return {
        command: 'ffmpeg',
        args: [
          ...['-hide_banner', '-loglevel', 'error', '-nostdin', '-f', 'v4l2', '-input_format', 'mjpeg'],
          ...['-video_size', `${width}x${height}`, '-i', path],
          // A camera that does not support the size uses another one without an error.
          ...[
            '-vf',
            `fps=${framesPerSecond},scale=${width}:${height},format=gray`,
            '-f',
            'rawvideo',
            'pipe:1',
          ],
        ],
        pixels: 'grey',
        debianPackage: 'ffmpeg',
      };
    case 'rpicam':
      return {
        command: 'rpicam-vid',
        args: [
          ...['--timeout', '0', '--nopreview', '--verbose', '0', '--camera', path, '--codec', 'yuv420'],
          ...['--width', `${width}`, '--height', `${height}`, '--framerate', `${framesPerSecond}`],
          ...['--output', '-'],
        ],
        pixels: 'yuv420',
        debianPackage: 'rpicam-apps',
      };
  }
}
