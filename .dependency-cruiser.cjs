/** Imports point one way; see ARCHITECTURE.md. */
const only = (from, allowed, comment) => ({
  name: `${from.replaceAll('/', '-')}-imports`,
  comment,
  severity: 'error',
  from: { path: `^src/${from}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^src/',
    pathNot: [`^src/${from}/`, '^src/errors\\.ts$', ...allowed.map((path) => `^src/${path}`)],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'conference-is-pure',
      comment: 'conference/ has no I/O: nothing but itself and the list of errors.',
      severity: 'error',
      from: { path: '^src/conference/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^src/conference/', '^src/errors\\.ts$'] },
    },
    only('media', ['conference/ids\\.ts$'], 'The media engine knows IDs and nothing of the rest.'),
    only(
      'store',
      ['conference/ids\\.ts$', 'identity/identity\\.ts$', 'meetings/meeting(-run)?\\.ts$'],
      'The store keeps domain values.',
    ),
    only(
      'identity',
      ['conference/ids\\.ts$', 'store/store\\.ts$', 'secrets\\.ts$'],
      'Accounts, tokens and terminals.',
    ),
    only(
      'meetings',
      ['conference/', 'identity/', 'store/store\\.ts$', 'secrets\\.ts$'],
      'Scheduling, and the history that the journal tells.',
    ),
    only('telemetry', [], 'Logs and metrics know nobody.'),
    only(
      'runtime',
      [
        'conference/',
        'identity/',
        'meetings/',
        'store/store\\.ts$',
        'media/engine\\.ts$',
        'secrets\\.ts$',
        'telemetry/',
      ],
      'The runtime hosts conferences; it knows no HTTP.',
    ),
    only(
      'http',
      ['conference/', 'identity/', 'meetings/', 'runtime/', 'secrets\\.ts$', 'telemetry/'],
      'Handlers parse, call, map.',
    ),
    only(
      'signalling',
      ['conference/', 'identity/', 'runtime/', 'media/engine\\.ts$', 'http/', 'secrets\\.ts$', 'telemetry/'],
      'WHIP, WHEP, join and the events socket stand on the HTTP shell.',
    ),
    only(
      'push',
      ['conference/', 'identity/', 'runtime/', 'http/', 'secrets\\.ts$'],
      'The documented push WebSocket stands on the HTTP shell.',
    ),
    only(
      'virtual',
      ['media/', 'conference/ids\\.ts$', 'signalling/protocol\\.ts$'],
      'Virtual participants are clients.',
    ),
    {
      name: 'only-the-app-builds',
      comment: 'Nothing imports app.ts or main.ts but the command line.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/main\\.ts$', '^src/commands/', '\\.test\\.ts$'] },
      to: { path: ['^src/app\\.ts$', '^src/main\\.ts$'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
