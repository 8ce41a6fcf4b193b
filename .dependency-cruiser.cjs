/** The arrows of the house: cli -> daemon -> demo, adapters, hardware -> ports <- app -> core. See src/README.md. */
const NODE_IO =
  '^(node:)?(fs|fs/promises|net|http|http2|https|dgram|dns|child_process|cluster|worker_threads|os|process|tty|timers|timers/promises|readline|repl|inspector|perf_hooks|stream|events|zlib|vm|url|path)$';

/** The floors of src/app, from the top. A room imports rooms of lower floors only. */
const APP_FLOORS = [
  ['gate'],
  ['desk', 'centre', 'neighbours'],
  ['passage'],
  ['rules'],
  ['door', 'screening', 'uplink', 'lists'],
  ['devices', 'board', 'site'],
  ['log', 'state'],
];

/** The floors of src/core, from the top. Rooms of one floor do not know each other. */
const CORE_FLOORS = [
  ['feed'],
  ['passage', 'events', 'desk', 'command'],
  ['contract'],
  ['decision', 'bundle'],
  ['policy', 'report', 'scan', 'proof', 'assist'],
  ['pass', 'screening', 'door', 'certificate'],
  ['time', 'text', 'encoding'],
  ['access'],
];

function floorRules(part, floors, apart = []) {
  return floors.flatMap((rooms, floor) => {
    const above = floors.slice(0, floor + 1).flat();
    return rooms.map((room) => ({
      name: `${part}-floor-of-${room}`,
      severity: 'error',
      from: { path: `^src/${part}/${room}/` },
      to: { path: `^src/${part}/(${[...above.filter((other) => other !== room), ...apart].join('|')})/` },
    }));
  });
}

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      comment: 'core imports only core, node:crypto and the pure libraries cbor2, temporal-polyfill and zod.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: {
        pathNot: [
          '^src/core/',
          '^(node:)?crypto$',
          'node_modules/(cbor2|temporal-polyfill|temporal-utils|zod)/',
        ],
      },
    },
    {
      name: 'core-writes-schemas-in-two-rooms',
      comment:
        'What is published and what is asked of the gate is written in zod, once; types follow from it.',
      severity: 'error',
      from: { path: '^src/core/', pathNot: '^src/core/contract/' },
      to: { path: 'node_modules/zod/' },
    },
    {
      name: 'schemas-of-events-and-states-are-types-to-the-daemon',
      comment:
        'They check samples and write JSON Schemas. A passage runs no schema, and no daemon loads one.',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/(core/contract|cli)/' },
      to: { path: '^src/core/contract/(events|access-data|states)', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'ports-know-only-core-types',
      severity: 'error',
      from: { path: '^src/ports/' },
      to: { pathNot: ['^src/ports/', '^src/core/'] },
    },
    {
      name: 'app-knows-core-and-ports',
      severity: 'error',
      from: { path: '^src/app/' },
      to: { pathNot: ['^src/app/', '^src/core/', '^src/ports/', '^(node:)?crypto$'] },
    },
    {
      name: 'app-has-no-io',
      severity: 'error',
      from: { path: '^src/(app|core|ports)/' },
      to: { path: NODE_IO },
    },
    ...floorRules('core', CORE_FLOORS),
    ...floorRules('app', APP_FLOORS, ['operators']),
    {
      name: 'app-floor-of-operators',
      comment: 'Accounts of guards stand apart: they write to the log and know nothing else.',
      severity: 'error',
      from: { path: '^src/app/operators/' },
      to: { path: '^src/app/', pathNot: '^src/app/(operators|log)/' },
    },
    {
      name: 'app-has-rooms-only',
      severity: 'error',
      from: { path: '^src/app/[^/]+$' },
      to: {},
    },
    {
      name: 'adapters-know-not-app-nor-each-other',
      severity: 'error',
      from: { path: '^src/adapters/([^/]+)/' },
      to: {
        path: ['^src/(app|config|cli|daemon|demo|doctor)/', '^hardware/', '^src/adapters/'],
        pathNot: '^src/adapters/$1/',
      },
    },
    {
      name: 'hardware-knows-not-app-nor-adapters',
      severity: 'error',
      from: { path: '^hardware/' },
      to: { path: ['^src/(app|adapters|config|cli|daemon|demo|doctor|screens)/'] },
    },
    {
      name: 'hardware-rooms-are-separate',
      comment:
        'A device folder may use the shared simulators folder and serial transport, never another device.',
      severity: 'error',
      from: { path: '^hardware/([^/]+)/' },
      to: {
        path: '^hardware/',
        pathNot: ['^hardware/$1/', '^hardware/simulators/', '^hardware/serial/', '^hardware/framing/'],
      },
    },
    {
      name: 'config-knows-only-core',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^src/(app|adapters|cli|daemon|demo|doctor|ports|screens)/|^hardware/' },
    },
    {
      name: 'only-the-command-line-knows-the-daemon',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/(daemon|cli)/' },
      to: { path: '^src/(daemon|cli)/' },
    },
    {
      name: 'only-daemon-and-command-line-know-the-demo',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/(daemon|demo|cli)/' },
      to: { path: '^src/demo/' },
    },
    {
      name: 'conformance-knows-core-alone',
      comment: 'It plays gates by the contract, not by the code of the gate.',
      severity: 'error',
      from: { path: '^src/conformance/' },
      to: { path: '^src/(app|adapters|config|cli|daemon|demo|doctor|ports|screens)/|^hardware/' },
    },
    {
      name: 'only-the-command-line-knows-the-conformance-kit',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/(conformance|cli/conformance)/' },
      to: { path: '^src/conformance/' },
    },
    {
      name: 'demo-knows-no-use-cases',
      severity: 'error',
      from: { path: '^src/demo/' },
      to: { path: '^src/(app|daemon|cli|doctor|screens)/' },
    },
    {
      name: 'doctor-is-given-what-it-looks-at',
      severity: 'error',
      from: { path: '^src/doctor/' },
      to: { path: '^(src|hardware)/', pathNot: '^src/(doctor|core|ports)/' },
    },
    {
      name: 'only-the-command-line-knows-the-doctor',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/(doctor|cli)/' },
      to: { path: '^src/doctor/' },
    },
    {
      name: 'watch-knows-core-and-ports',
      comment: 'A server that reads gates is no gate: it is given its store.',
      severity: 'error',
      from: { path: '^src/watch/' },
      to: { path: '^(src|hardware)/', pathNot: '^src/(watch|core|ports)/' },
    },
    {
      name: 'only-the-command-line-knows-the-watch',
      comment: 'No daemon loads a database client.',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/(watch|cli)/' },
      to: { path: '^src/watch/' },
    },
    {
      name: 'only-the-command-line-makes-a-database',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/(adapters/postgres|cli/watch)/' },
      to: { path: '^src/adapters/postgres/' },
    },
    {
      name: 'screens-are-separate',
      severity: 'error',
      from: { path: '^src/screens/' },
      to: { path: '^src/(app|adapters|cli|config|daemon|demo|doctor)/|^hardware/' },
    },
    {
      name: 'product-knows-no-tests',
      severity: 'error',
      from: { path: '^(src|hardware)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-dev-dependency-in-product',
      severity: 'error',
      from: { path: '^(src|hardware)/', pathNot: '^src/screens/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-unknown', 'npm-no-pkg', 'unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^onoff$',
      },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      // onoff is optional: npm leaves it out where its native part cannot be compiled.
      to: { couldNotResolve: true, pathNot: '^(virtual:|onoff$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
