import { expect, it } from 'vitest'
import type { Account } from '../../src/core/account.ts'
import type { Session } from '../../src/core/system.ts'
import { findManager } from '../../src/offboarding/manager.ts'

function account(id: string, more: Partial<Account> = {}): Account {
  return { id, login: `${id}@x.example`, email: `${id}@x.example`, name: id, active: true, roles: [], ...more }
}

function system(id: string, answer: () => Promise<Account | null>) {
  const people = { manager: answer } as unknown as NonNullable<Session['people']>
  const session = { people } as Session
  return { id, title: id.toUpperCase(), session, account: account('leaver') }
}

const says = (id: string, manager: Account | null) => system(id, async () => manager)

it.each([
  ['one that is named', [says('a', account('amy'))], 'amy@x.example', /^$/],
  ['the one of whoever knows', [says('a', null), says('b', account('amy'))], 'amy@x.example', /^$/],
  ['one in two places', [says('a', account('amy')), says('b', account('AMY'))], 'amy@x.example', /^$/],
  [
    'two',
    [says('a', account('amy')), says('b', account('bob'))],
    undefined,
    /not the same everywhere .*amy@.* in A.*bob@/,
  ],
  ['one who is blocked', [says('a', account('amy', { active: false }))], undefined, /amy@x.example, is blocked in A/],
  ['the leaver', [says('a', account('leaver'))], undefined, /their own manager/],
  ['nobody', [says('a', null)], undefined, /names no manager/],
  ['unread', [system('a', () => Promise.reject(new Error('no')))], undefined, /could not be read in A/],
  ['of no system', [], undefined, /^$/],
])('their manager is %s', async (_, known, email, note) => {
  const found = await findManager(known)
  expect(found.email).toBe(email)
  expect(found.notes.map(one => one.note).join()).toMatch(note)
})
