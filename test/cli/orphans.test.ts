import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OrphanRow } from '../../src/cli/orphans.ts'
import { type Ground, openGround } from './harness.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

async function rowsOf(...words: string[]): Promise<{ code: number; rows: OrphanRow[]; stderr: string }> {
  const { code, stdout, stderr } = await ground.k1ctl(['orphans', ...words, '--json'])
  return { code, rows: JSON.parse(stdout), stderr }
}

describe('orphans', () => {
  test('probe', async () => {
    const r = await rowsOf()
    console.log(r.code, r.stderr, JSON.stringify(r.rows, null, 1).slice(0, 3000), r.rows.length)
    const t = await ground.k1ctl(['orphans'])
    console.log(t.stdout, t.stderr)
  })
})
