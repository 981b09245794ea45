import { expect, it } from 'vitest'
import type { Session } from '../../src/core/system.ts'
import { checkPosture, checkPostureInTurn, type Task } from '../../src/posture/check.ts'
import type { PostureRow } from '../../src/posture/posture-row.ts'
import { about } from './readings.ts'

const now = () => new Date('2026-11-29T08:00:00Z')

/** Modules of which the first answers only once twenty were asked, and each third not at all. */
function fleetOf(count: number) {
  const told: string[] = []
  let asked = 0
  let answer: (() => void) | undefined
  const enough = new Promise<void>(resolve => {
    answer = resolve
  })
  const tasks = Array.from({ length: count }, (_, i): Task => {
    const tenant = `tenant ${i}`
    return {
      module: {
        tenant,
        about: about(),
        clock: { now, sleep: async () => undefined },
        async open() {
          asked += 1
          if (asked >= Math.min(count, 20)) answer?.()
          await (i === 0 ? enough : new Promise(resolve => setTimeout(resolve, i % 7)))
          if (i % 3 === 2) throw new Error('It does not answer.')
          const look = async () => ({ on: { 'log-in': true }, exceptions: { users: [], roles: [] }, defaults: {} })
          return { features: { look } } as unknown as Session
        },
        leave: async () => void told.push(`left ${tenant}`),
      },
      posture: {
        system: 'module',
        rules: [{ id: 'log-in', at: { file: 'posture.yaml', line: 1 }, kind: 'state', feature: 'log-in', on: true }],
        accepted: [],
      },
      attested: [],
    }
  })
  return { tasks, told }
}

const shown = (rows: readonly PostureRow[]) => rows.map(({ tenant, state }) => `${tenant}: ${state}`)

it('tells the rows of each module once, in the order of the tasks, as when all are there', async () => {
  const rows: PostureRow[] = []
  await checkPostureInTurn(fleetOf(40).tasks, 4, now, some => rows.push(...some))
  expect(shown(rows)).toEqual(shown(await checkPosture(fleetOf(40).tasks, 4, now)))
  expect(shown(rows).slice(0, 3)).toEqual(['tenant 0: holds', 'tenant 1: holds', 'tenant 2: no-answer'])
})

it('tells what is known while others are still being read', async () => {
  const { tasks, told } = fleetOf(40)
  await checkPostureInTurn(tasks, 4, now, rows => told.push(...shown(rows)))
  expect(told.indexOf('tenant 1: holds')).toBeLessThan(told.indexOf('left tenant 39'))
})

it('leaves each module that was read, also one that did not answer, and none that is asked again', async () => {
  const [read, asked] = [fleetOf(9), fleetOf(9)]
  await checkPosture(read.tasks, 4, now)
  await checkPosture(asked.tasks, 4, now, 'stay')
  expect(new Set(read.told)).toEqual(new Set(read.tasks.map(({ module }) => `left ${module.tenant}`)))
  expect(asked.told).toEqual([])
})
