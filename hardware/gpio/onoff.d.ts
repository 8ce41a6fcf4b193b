/** onoff is optional: if it could not be compiled, its own types are missing too, and Gatepost must still build. */
declare module 'onoff' {
  export const Gpio: import('./gpio-line.ts').GpioConstructor;
}
