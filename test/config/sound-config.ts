/** A small config in which nothing is wrong; tests change one thing in it. */
export const SOUND_CONFIG = `version: 1
site: { id: willow, name: Willow, timeZone: Europe/Berlin }
gate: { id: north, name: North }
doors:
  main:
    name: Main
    lock: { driver: onoff, line: 17, activeLevel: low }
accessPoints:
  way-in:
    door: main
    direction: in
    scanner: { driver: serial, path: /dev/ttyACM0 }
passes:
  issuers:
    - { name: Office, publicKey: 11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo }
store: { folder: data }
`;
