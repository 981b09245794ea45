import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openLedger } from '../../src/store/ledger.ts'
import { clock, makeHome, processes } from './ground.ts'

async function ledgerWith(entries: number, attestations = 0) {
  const ledger = openLedger({ home: makeHome(), clock, processes })
  const writer = await ledger.create()
  const { run } = writer
  await writer.append('plan', { kind: 'offboarding', command: 'k1ctl offboard', operator: 'a@b', goals: [] })
  await writer.append('consent', { by: 'a@b', how: 'flag' })
  await writer.append('plan', { person: 'amy@x.example', tenant: 'X', goals: [] })
  for (let i = 0; i < entries; i++) await writer.append('intent', { before: 'x'.repeat(900) }, `goal-${i}`)
  await writer.append('report', { verdict: 'proved' })
  for (let i = 0; i < attestations; i++) await writer.append('attestation', { by: 'a@b', note: 'n'.repeat(900) }, 'g')
  await writer.close()
  return { ledger, run, path: join(ledger.path, `${run}.jsonl`) }
}

const types = (entries: readonly { type: string }[]) => [...new Set(entries.map(entry => entry.type))].join(' ')

describe('a glance at a ledger', () => {
  it('is all of a short one', async () => {
    const { ledger, run } = await ledgerWith(5)
    const glance = await ledger.glance(run)
    expect(glance).toEqual({ ...(await ledger.read(run)), isWhole: true })
    expect(glance.entries).toHaveLength(9)
  })

  it('is both ends of a long one: what it is, whom it is about, how it ended', async () => {
    const { ledger, run } = await ledgerWith(100)
    const glance = await ledger.glance(run)
    expect(glance).toMatchObject({ run, chain: { state: 'intact' }, isWhole: false })
    expect(types(glance.entries.slice(0, 3))).toBe('plan consent')
    expect(glance.entries.at(-1)).toMatchObject({ type: 'report', data: { verdict: 'proved' } })
    expect(glance.entries.length).toBeLessThan(15)
  })

  it('is all of a long one that ends with what persons attested', async () => {
    const { ledger, run } = await ledgerWith(40, 12)
    expect(await ledger.glance(run)).toMatchObject({ isWhole: true, chain: { state: 'intact' } })
  })

  it('says of a long one, whose middle it did not look at, that it is not the whole', async () => {
    const { ledger, run, path } = await ledgerWith(100)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"goal":"goal-50"', '"goal":"goal-99"'))
    expect(await ledger.glance(run)).toMatchObject({ chain: { state: 'intact' }, isWhole: false })
    expect(await ledger.read(run)).toMatchObject({ chain: { state: 'altered', seq: 53 } })
  })

  it.each([
    ['its first line', 'k1ctl offboard', 'k1ctl nothing!'],
    ['its last line', '"verdict":"proved"', '"verdict":"failed"'],
  ])('tells that %s was altered', async (_, was, is) => {
    const { ledger, run, path } = await ledgerWith(100)
    writeFileSync(path, readFileSync(path, 'utf8').replace(was, is))
    expect((await ledger.glance(run)).chain.state).toBe('altered')
  })

  it('tells of a last line that was cut off, and of a file that was emptied', async () => {
    const { ledger, run, path } = await ledgerWith(100)
    appendFileSync(path, '{"seq":104,"at":"2026')
    expect((await ledger.glance(run)).chain.state).toBe('torn')
    writeFileSync(path, '')
    expect(await ledger.glance(run)).toMatchObject({ chain: { state: 'emptied' }, entries: [] })
  })
})
