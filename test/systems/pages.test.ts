import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { systems } from '../../src/systems/index.ts'
import { pageOf } from '../../src/systems/pages.ts'

it('the page of a system is the same with and without the systems', async () => {
  for (const { about, page } of systems) expect(await pageOf(about.id), about.id).toBe(await page())
  expect(await pageOf('toString')).toBeUndefined()
  expect(await pageOf('datto-rmm')).toBeUndefined()
})

it('the front page leads to the page of every system', () => {
  const front = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const left = systems.map(({ about }) => about.id).filter(id => !front.includes(`](src/systems/${id}/README.md)`))
  expect(left).toEqual([])
})
