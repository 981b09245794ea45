import { expect, it } from 'vitest'
import { systems } from '../../src/systems/index.ts'
import { pageOf } from '../../src/systems/pages.ts'

it('the page of a system is the same with and without the systems', async () => {
  for (const { about, page } of systems) expect(await pageOf(about.id), about.id).toBe(await page())
  expect(await pageOf('toString')).toBeUndefined()
  expect(await pageOf('datto-rmm')).toBeUndefined()
})
