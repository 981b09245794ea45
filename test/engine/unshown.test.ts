import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { LedgerEntry } from '../../src/core/ledger-store.ts'
import { seen } from '../../src/core/reading.ts'
import { type Act, act, goalOfThings, type Thing } from '../../src/core/things.ts'
import { foldUnits } from '../../src/engine/fold-units.ts'
import { type KillAt, ledgerOf, runOver, words } from './laptops.ts'
import { scriptedGoal } from './scripted-goal.ts'

/** A password that is set twice; the time when it was set, which is all that shows, tells of neither which one it was. */

interface Account {
  set: number
  refuses?: 'second'
}

const told = { what: 'Password', name: 'theirs', without: 'random' }

/** `holds`: whether it does is read before anything was sent, too. */
function passwordSetTwice(account: Account) {
  const set = (id: 'first' | 'second') => async () => {
    if (account.refuses === id) throw new K1Error('rejected', `The ${id} is refused.`)
    account.set += 1
  }
  const second: Thing = { ...told, id: 'second', take: set('second'), blind: true }
  const goal = goalOfThings<{ set: boolean }>({
    kind: 'credentials-revoked',
    summary: 'The password is random',
    needs: ['it'],
    read: async () => seen({ set: account.set > 0 }),
    things: now => (now.set ? [] : [{ ...told, id: 'first', take: set('first') }, second]),
    unshown: () => [second],
    settlesWithin: 0,
  })
  const { follows: _, behind: __, take: ___, changes, holds, unshown, read, ...rest } = goal
  return scriptedGoal({
    ...rest,
    id: 'g',
    unobservable: () => undefined,
    waitsFor: () => undefined,
    shown: value => value,
    read,
    holds: value => holds(value as { set: boolean }),
    changes: value => changes(value as { set: boolean }),
    unshown: value => unshown?.(value as { set: boolean }) ?? [],
    take: changes => act(changes as readonly Act[]),
  })
}

function over(account: Account, entries: LedgerEntry[], killAt?: KillAt) {
  return runOver(() => passwordSetTwice(account), entries, { ...(killAt ? { killAt } : {}) })
}

describe('a step that no look shows, behind one that shows', () => {
  it('is named before it is sent, and when it was taken', async () => {
    const entries: LedgerEntry[] = []
    expect(await over({ set: 0 }, entries)).toMatchObject({ end: 'changed', proved: true })
    expect(words(entries)).toEqual([
      ['intent', ['first', 'second']],
      ['outcome', ['first', 'second']],
      ['proof', 'changed'],
    ])
  })

  it('is sent by whoever finds the goal holding, where a process died before its answer was noted', async () => {
    const account: Account = { set: 0 }
    const entries: LedgerEntry[] = []
    expect(await over(account, entries, { behind: 1 })).toBeUndefined()
    account.set = 1
    expect(await over(account, entries, { before: 2 })).toBeUndefined()
    expect(await over(account, entries)).toMatchObject({ end: 'changed', proved: true })
    expect(account.set).toBe(3)
    expect(words(entries).slice(-3)).toEqual([
      ['intent', ['second']],
      ['outcome', ['second']],
      ['proof', 'changed'],
    ])
  })

  it('is not sent again once its answer was noted', async () => {
    const account: Account = { set: 0 }
    const entries: LedgerEntry[] = []
    await over(account, entries, { behind: 2 })
    expect(await over(account, entries)).toMatchObject({ end: 'changed', why: expect.stringContaining('Found done') })
    expect(account.set).toBe(2)
  })

  it('is asked for again where it was refused', async () => {
    const account: Account = { set: 0, refuses: 'second' }
    const entries: LedgerEntry[] = []
    for (let times = 0; times < 2; times += 1) expect(await over(account, entries)).toMatchObject({ end: 'failed' })
    delete account.refuses
    expect(await over(account, entries)).toMatchObject({ end: 'changed', proved: true })
    expect([account.set, [...(foldUnits(entries)[0]?.takenThings.get('g') ?? [])]]).toEqual([2, ['first', 'second']])
  })

  it('is left to whoever set the password before this run began', async () => {
    const account: Account = { set: 1 }
    const entries: LedgerEntry[] = []
    for (let times = 0; times < 2; times += 1) expect(await over(account, entries)).toMatchObject({ end: 'already' })
    expect(account.set).toBe(1)
  })

  it('counts as taken in a ledger that names nothing, except where it was refused', async () => {
    const ledger = async (refused: string[]) => {
      const entries: LedgerEntry[] = []
      const writer = ledgerOf(entries)
      await writer.append('intent', { summary: '', differences: [], before: {} }, 'g')
      await writer.append('outcome', { sent: true, refused: refused.map(id => ({ id, why: 'no' })) }, 'g')
      return entries
    }
    const account: Account = { set: 1 }
    await over(account, await ledger([]))
    expect(account.set).toBe(1)
    await over(account, await ledger(['second']))
    expect(account.set).toBe(2)
  })
})
