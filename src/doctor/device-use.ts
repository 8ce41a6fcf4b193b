/** A device of the config that is a node in /dev, or a camera that its program finds by itself. */
export interface DeviceUse {
  /** `accessPoints.main-in.scanner` */
  readonly place: string;
  /** `serial`, `hid-keyboard`, `camera`, `gy-mcu9061x`, … */
  readonly driver: string;
  readonly path: string;
  /** Only of a camera: what takes the pictures. */
  readonly source?: 'v4l2' | 'ffmpeg' | 'rpicam';
  /** Only of a scanner: what the running gate says is wrong with it, and since when. */
  readonly said?: { readonly detail: string; readonly time: string };
}
