import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { version: string }

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

const flags = [
  // Much is made that is soon forgotten; there are more workers than processors, so that none has help to spare.
  ...['--max-semi-space-size=64', '--min-semi-space-size=16', '--single-threaded-gc'],
  // Most of the code runs a few times: too seldom for the optimizing compiler, too often for none.
  '--always-sparkplug',
]

/** What waits for nearly all of its time, then what takes long, so that others go on beside it. */
const first = [/process\/team-worker|store\/limits/, /system-contract|readme\.test|terminal\/|process\//, /test\/live/]

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const place = ({ moduleId }: TestSpecification) => {
      const found = first.findIndex(one => one.test(moduleId))
      return found === -1 ? first.length : found
    }
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
    // A worker takes one file after the other, and imports once what they share.
    pool: 'forks',
    isolate: false,
    setupFiles: ['test/forget-secrets.ts'],
    execArgv: flags,
    // Where one waits for a terminal, a process or a lease, another one has the processor.
    maxWorkers: availableParallelism() * 2,
    sequence: { sequencer: LongFirst },
    projects: [
      { extends: true, test: { name: 'most', include: ['test/**/*.test.ts'], exclude: [hostile, live] } },
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
