/**
 * Types of onoff. It is optional: where it could not be compiled its own types are missing, and Gatepost must still
 * build.
 */
declare module 'onoff' {
  export const Gpio: import('./gpio-line.ts').GpioConstructor;
}
