import { join } from 'node:path'

/**
 * Commands that write nothing, each as it is counted at the disk: `codes` are those that it may end with.
 * They are named after their first words, as all points are.
 */
export function readers({ tenant, out, leaver }) {
  const own = ['--tenant', tenant]
  const posture = join(out, 'posture.yaml')
  const reads = (...words) => ({ words })
  return [
    reads('connections', 'list'),
    reads('connections', 'show', 'graphus', ...own),
    reads('lock'),
    reads('tenant', 'list'),
    reads('tenant', 'show', tenant),
    reads('store', 'show'),
    reads('store', 'check'),
    reads('systems'),
    reads('explain', 'graphus'),
    reads('status', ...own),
    ...['unified-login', 'require-log-in', 'jit', 'deprovisioning', 'access-groups'].map(feature =>
      reads(feature, 'show', 'bms', ...own),
    ),
    reads('require-log-in', 'exceptions', 'list', 'bms', ...own),
    reads('jit', 'defaults', 'show', 'bms', ...own),
    reads('jit', 'defaults', 'options', 'bms', ...own),
    reads('access-groups', 'list', 'bms', ...own),
    reads('posture', 'export', ...own),
    reads('posture', 'schema'),
    { words: ['posture', 'apply', '-f', posture, '--dry-run', ...own] },
    { words: ['offboard', leaver, '--dry-run', ...own], codes: [0, 3] },
    reads('schedule', 'list'),
    reads('schedule', 'show', 'last'),
    reads('approve'),
    reads('worker', 'install', '--cron'),
    reads('people', 'find', leaver, ...own),
    reads('protect', 'list'),
    { words: ['orphans', ...own], codes: [0, 3] },
    reads('runs', 'list'),
    reads('runs', 'show', 'last'),
    reads('runs', 'verify', 'last'),
    reads('runs', 'report', 'last'),
    reads('runs', 'undo', 'last', '--dry-run'),
    reads('config'),
    reads('config', 'list'),
    reads('config', 'get', 'zone'),
    reads('config', 'path'),
    reads('alias', 'list'),
    reads('completion', 'bash'),
    reads('man', 'offboard'),
    reads('help', 'safety'),
  ]
}

/** Commands that write, and stand in no point: why. By their path in src/cli/entries.ts. */
export const excused = {
  unlock:
    'The key is in the memory of a process; the folder of its socket lies in XDG_RUNTIME_DIR, and holds nothing else: ' +
    'test/store/unlocked-key.test.ts',
  'store copy': "Into the team's database, a transaction each: test/cli/store.test.ts",
  'operator register': "Into the team's database; its key is kept first: test/cli/operator.test.ts",
  'operator list': "From the team's database: test/cli/operator.test.ts",
  'operator show': "From the team's database: test/cli/operator.test.ts",
  'operator role': "Into the team's database, a transaction each: test/cli/operator.test.ts",
  'operator revoke': "Into the team's database, a transaction each: test/cli/operator.test.ts",
  'sandbox start': 'Serves until it is ended; with --connect it writes as connect does: test/cli/sandbox.test.ts',
  'sandbox reset': 'Changes simulators in the memory of another process: test/cli/sandbox.test.ts',
  'sandbox push': 'Changes simulators in the memory of another process: test/cli/sandbox.test.ts',
  demo: 'In a home of its own, which is removed: test/cli/demo.test.ts',
  doctor: 'Tries writing, and clears away what others left: it is run after each point',
}
