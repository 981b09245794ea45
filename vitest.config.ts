import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string }

/**
 * Each of these needs a process of its own: it starts others, opens a terminal or a keyring, changes the environment,
 * or counts what this process remembers. All others talk over loopback only, and share a worker and what it imported.
 */
const alone = [
  'test/{hostile,process,store,terminal}/**/*.test.ts',
  'test/contract/aws-*.test.ts',
  'test/cli/{completion,connect-directories,demo,many-runs,people-input}.test.ts',
  'test/systems/{aws-credentials,microsoft-365-sign-in,system-contract,webhook-example}.test.ts',
  'test/readme.test.ts',
]

/** One real Samba serves these: they run after all others, one file at a time. */
const live = 'test/live/**/*.test.ts'

/** A worker that takes one file after the other. */
const shared = { isolate: false, setupFiles: ['test/forget-secrets.ts'] }

export default defineConfig({
  define: { k1ctlVersion: JSON.stringify(version) },
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    restoreMocks: true,
    unstubEnvs: true,
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...alone, live],
          ...shared,
          pool: 'threads',
        },
      },
      { extends: true, test: { name: 'alone', include: alone, pool: 'forks' } },
      {
        extends: true,
        test: {
          ...shared,
          name: 'live',
          include: [live],
          pool: 'forks',
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
