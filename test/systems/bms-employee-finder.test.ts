import { expect, it } from 'vitest'
import type { BmsClient } from '../../src/systems/bms/client.ts'
import { createEmployeeFinder } from '../../src/systems/bms/people.ts'
import type { Employee } from '../../src/systems/bms/schemas.ts'

const person = (id: number) => ({ id, emailAddress: `P${id}@crowd.example`, isActive: true }) as Employee

/** A company that counts what is asked of it. */
function company(people: Employee[]) {
  const asked: string[] = []
  let broken = false
  const searchEmployees = async (text: string) => {
    asked.push(text)
    if (broken) throw new Error('no answer')
    return people.filter(p => p.emailAddress?.toLowerCase().includes(text.toLowerCase()))
  }
  const fail = (on: boolean) => {
    broken = on
  }
  return { asked, fail, client: { searchEmployees } as Partial<BmsClient> as BmsClient }
}

it('reads everybody once for many, whatever the case of the word', async () => {
  const { asked, client } = company(Array.from({ length: 200 }, (_, id) => person(id)))
  const find = createEmployeeFinder(client)
  for (let id = 0; id < 200; id++) expect((await find(`p${id}@CROWD.example`)).map(p => p.id)).toEqual([id])
  expect(asked.length).toBe(21)
  expect(asked.filter(text => text === '')).toHaveLength(1)
})

it('looks again for somebody who came since, and after a failure', async () => {
  const people = Array.from({ length: 30 }, (_, id) => person(id))
  const { asked, client, fail } = company(people)
  const find = createEmployeeFinder(client)
  for (let id = 0; id < 20; id++) await find(`p${id}@crowd.example`)
  fail(true)
  await expect(find('p21@crowd.example')).rejects.toThrow('no answer')
  fail(false)
  expect(await find('p21@crowd.example')).toHaveLength(1)
  people.push(person(99))
  expect((await find('p99@crowd.example')).map(p => p.id)).toEqual([99])
  expect(await find('nobody@crowd.example')).toEqual([])
  expect(asked.at(-1)).toBe('nobody@crowd.example')
})
