// @ts-check
/**
 * Which way imports may point. docs/architecture.md has the picture; this file is what a machine holds us to.
 * Run by scripts/depcruise.ts, never by the tool's own command line: that one is content when it sees no module at all.
 */

const TEST = '\\.(test|cases)\\.ts$';
const WIRE_FORMAT = '^shared/src/protocol/(frame|chain)\\.ts$';
const VERBS = '(tickets|seats|trips|shifts|boarding|departure|stock|orders|inventory|clearing|settlement|reconcile)';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'domain-is-pure',
    comment: 'The same rules run in agent, hub, simulator and browser: no I/O, no package, no neighbour.',
    severity: 'error',
    from: { path: '^shared/src/domain/', pathNot: TEST },
    to: { pathNot: '^shared/src/domain/' },
  },
  {
    name: 'protocol-knows-only-the-domain',
    comment: 'A message is a zod schema over domain words; browsers read it too.',
    severity: 'error',
    from: { path: '^shared/src/protocol/', pathNot: `${TEST}|${WIRE_FORMAT}` },
    to: { pathNot: '^shared/src/(protocol|domain)/|(^|/)node_modules/zod/' },
  },
  {
    name: 'wire-format-adds-only-digests-and-zstd',
    severity: 'error',
    from: { path: WIRE_FORMAT },
    to: { pathNot: '^shared/src/(protocol|domain|crypto)/|^(node:)?zlib$' },
  },
  {
    name: 'shared-imports-no-workspace',
    severity: 'error',
    from: { path: '^shared/' },
    to: { path: '^(agent|hub|kiosk-firmware|scripts)/' },
  },
  {
    name: 'agent-and-hub-meet-only-in-shared',
    comment: 'Also kiosk-firmware. Only scripts/ may import them together.',
    severity: 'error',
    from: { path: '^(agent|hub|kiosk-firmware)/' },
    to: { path: '^(agent|hub|kiosk-firmware|scripts)/', pathNot: '^$1/' },
  },
  {
    name: 'drivers-do-not-know-the-business',
    comment: 'A driver moves bytes. Which ticket is printed, and why, is decided elsewhere.',
    severity: 'error',
    from: { path: '^shared/src/devices/', pathNot: TEST },
    to: { path: '^(agent|hub|kiosk-firmware)/|^shared/src/(store|ui)/' },
  },
  {
    name: 'legacy-adapters-know-only-their-port',
    comment: 'An adapter turns a foreign system into rows of the port; verbs take it from there.',
    severity: 'error',
    from: { path: '^agent/src/legacy/', pathNot: TEST },
    to: { path: '^agent/src/(tickets|seats|shifts|boarding|departure|stock|printing|sync|api)/' },
  },
  {
    name: 'sqlite-lives-in-store',
    comment:
      'One place sets synchronous=FULL. Benchmarks compare with the bare engine, and the simulator stands between the store and it.',
    severity: 'error',
    from: { pathNot: `^shared/src/store/|^scripts/(bench|simulate)/|${TEST}` },
    to: { path: '(^|/)node_modules/.*better-sqlite3/|^(better-sqlite3|(node:)?sqlite)$' },
  },
  {
    name: 'store-knows-no-verb',
    severity: 'error',
    from: { path: '^(agent|hub|kiosk-firmware)/src/store/', pathNot: TEST },
    to: { path: '^$1/src/', pathNot: '^$1/src/store/' },
  },
  {
    name: 'verbs-do-not-know-the-edge',
    comment: 'main, cli → api, sync → verbs → store.',
    severity: 'error',
    from: { path: `^(agent|hub)/src/${VERBS}/`, pathNot: TEST },
    to: { path: '^$1/src/(api|sync|main|cli)' },
  },
  {
    name: 'browser-code-stays-in-the-browser',
    comment:
      'What a screen may use of the server at run time is its HTTP interface; setup rebuilds screens by this rule.',
    severity: 'error',
    from: {
      path: '^((agent|kiosk-firmware)/ui|hub/(console|web)|shared/src/ui)/',
      pathNot: `${TEST}|vite\\.config\\.ts$`,
    },
    to: {
      path: '^(agent|hub|kiosk-firmware|shared)/',
      pathNot: '^$1/|^shared/src/(ui|domain|protocol/(?!(frame|chain)\\.ts$))',
      dependencyTypesNot: ['type-only'],
    },
  },
  {
    name: 'browser-code-has-no-node',
    severity: 'error',
    from: {
      path: '^((agent|kiosk-firmware)/ui|hub/(console|web)|shared/src/(ui|protocol|domain))/',
      pathNot: `${TEST}|vite\\.config\\.ts$|${WIRE_FORMAT}`,
    },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'testing-is-for-tests',
    comment: 'What the product ships for demonstration and training lies with its port as a simulator.',
    severity: 'error',
    from: { path: '^(shared|agent|hub|kiosk-firmware)/', pathNot: `${TEST}|/testing/` },
    to: { path: '/testing/' },
  },
  { name: 'imports-resolve', severity: 'error', from: {}, to: { couldNotResolve: true } },
  { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
];

export default {
  forbidden,
  /** @type {import('dependency-cruiser').ICruiseOptions} */
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|stubs)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.vue', '.d.ts'],
    },
  },
};
