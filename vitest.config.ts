import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string }

/** These start other processes, open a terminal or a keyring, or change the environment. All others talk over loopback. */
const outside = [
  'test/{process,store,terminal}/**/*.test.ts',
  'test/contract/aws-*.test.ts',
  'test/cli/{completion,connect-directories,demo,many-runs,people-input}.test.ts',
  'test/systems/{aws-credentials,microsoft-365-sign-in,system-contract,webhook-example}.test.ts',
  'test/readme.test.ts',
]

/** These measure how soon something ends, and nearly fill the machine by themselves. */
const hostile = 'test/hostile/**/*.test.ts'

/** A real Samba is made for these while others run. */
const live = 'test/live/**/*.test.ts'

/** Homes, ledgers and databases of tests are written through to the disk at each step; in memory that costs nothing. */
const inMemory = '/dev/shm'
if (process.env.TMPDIR === undefined && isFit(inMemory, 4 * 2 ** 30)) process.env.TMPDIR = inMemory

/** Some let no program run that lies there. */
function isFit(folder: string, bytes: number): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    if (bavail * bsize < bytes) return false
    const own = mkdtempSync(join(folder, 'k1ctl-try-'))
    try {
      writeFileSync(join(own, 'program'), '#!/bin/sh\n', { mode: 0o700 })
      execFileSync(join(own, 'program'))
      return true
    } finally {
      rmSync(own, { recursive: true })
    }
  } catch {
    return false
  }
}

/** These wait for nearly all of their time: begun first, they wait beside all others. */
const waiting = /process\/team-worker|store\/limits/

/** Files that share a worker come one after the other: between them it would end, and import all anew. */
class WaitingFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const order = ['loopback', 'live', 'outside', 'hostile']
    const place = ({ moduleId, project }: TestSpecification) =>
      waiting.test(moduleId) ? -1 : order.indexOf(project.name)
    return sorted.toSorted((one, other) => place(one) - place(other))
  }
}

export default defineConfig({
  define: { k1ctlVersion: JSON.stringify(version) },
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    restoreMocks: true,
    unstubEnvs: true,
    // A worker takes one file after the other, and imports once what they share. It makes much that it soon forgets.
    pool: 'forks',
    isolate: false,
    setupFiles: ['test/forget-secrets.ts'],
    execArgv: ['--max-semi-space-size=64', '--min-semi-space-size=16'],
    // Where one waits for a terminal, a process or a lease, another one has the processor.
    maxWorkers: availableParallelism() * 2,
    sequence: { sequencer: WaitingFirst },
    projects: [
      {
        extends: true,
        test: { name: 'loopback', include: ['test/**/*.test.ts'], exclude: [...outside, hostile, live] },
      },
      { extends: true, test: { name: 'outside', include: outside } },
      {
        extends: true,
        test: {
          name: 'hostile',
          include: [hostile],
          maxWorkers: Math.ceil(availableParallelism() * 1.5),
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'live', include: [live], globalSetup: ['test/live/samba.ts'] },
      },
    ],
  },
})
