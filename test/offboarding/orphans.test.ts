import { describe, expect, test } from 'vitest'
import type { Account } from '../../src/core/account.ts'
import { findOrphans, readAuthority } from '../../src/offboarding/orphans.ts'
import { failureOf } from '../store/ground.ts'

function account(login: string, email: string, active = true): Account {
  return { id: login, login, email, name: login, active, roles: [] }
}

async function* iterate(accounts: readonly Account[]): AsyncGenerator<Account> {
  yield* accounts
}

const here = [
  account('amy', 'Amy@x.example'),
  account('ben', 'ben@x.example', false),
  account('cy@x.example', ''),
  account('old-di', 'di@x.example', false),
  account('di', 'di@x.example'),
  account('fay', 'fay@x.example'),
  account('old-fay', 'fay@x.example', false),
]

async function orphansAmong(...accounts: Account[]): Promise<string[]> {
  const authority = await readAuthority(iterate(here), 'KaseyaOne')
  const found: string[] = []
  for await (const { account, state } of findOrphans(authority, iterate(accounts))) found.push(`${account.id} ${state}`)
  return found
}

describe('orphans', () => {
  test.each<[string, Account, string | null]>([
    ['active in both', account('a.smith', 'amy@X.example'), null],
    ['disabled in the authority', account('b', 'BEN@x.example'), 'disabled'],
    ['gone from the authority', account('eve', 'eve@x.example'), 'gone'],
    ['inactive in the system: nothing to end', account('eve', 'eve@x.example', false), null],
    ['found by log-in, where nobody has the e-mail', account('AMY', 'amy.smith@x.example'), null],
    ['found by log-in, and disabled', account('ben', 'ben.b@x.example'), 'disabled'],
    ['e-mail here, log-in there', account('whoever', 'cy@x.example'), null],
    ['log-in here, e-mail there', account('Ben@x.example', ''), 'disabled'],
    ['two accounts there, the later one active', account('d', 'di@x.example'), null],
    ['two accounts there, the earlier one active', account('f', 'fay@x.example'), null],
    ['the e-mail decides before a log-in that is somebody else', account('amy', 'ben@x.example'), 'disabled'],
    ['no e-mail, known log-in', account('ben', ''), 'disabled'],
    ['no e-mail, unknown log-in', account('svc-backup', ''), 'unmatched'],
    ['no e-mail, but a log-in that is one', account('eve@x.example', ''), 'gone'],
    ['nothing to match by', account('', ''), 'unmatched'],
  ])('%s', async (_, one, state) => {
    expect(await orphansAmong(one)).toEqual(state === null ? [] : [`${one.id} ${state}`])
  })

  test('one by one, in the order of the system', async () => {
    const found = await orphansAmong(account('z', 'z@x.example'), account('amy', ''), account('b', 'b@x.example'))
    expect(found).toEqual(['z gone', 'b gone'])
  })

  test('an authority without accounts makes nobody an orphan', async () => {
    const error = await failureOf(readAuthority(iterate([]), 'KaseyaOne'))
    expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('KaseyaOne lists no account') })
  })

  test('a listing that breaks off is an error, not an answer', async () => {
    async function* broken(): AsyncGenerator<Account> {
      yield account('amy', '')
      throw new RangeError('broke off')
    }
    await expect(readAuthority(broken(), 'KaseyaOne')).rejects.toThrow('broke off')
  })
})
