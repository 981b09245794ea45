import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clearDead } from '../../src/store/clear-dead.ts'
import { openDiary } from '../../src/store/diary.ts'
import { openLedger } from '../../src/store/ledger.ts'
import { openLocks } from '../../src/store/locks.ts'
import { holdWriteLock } from '../../src/store/write-lock.ts'
import { bundleChild, clock, makeHome, processes, sharedFolder, startChild } from './ground.ts'

const folder = sharedFolder()
const hex = '0123456789abcdef'
const subject = { kind: 'person', tenant: 'Northwind Dental', name: 'amy' } as const

describe('what killed processes left', () => {
  test('locks, begun runs and pieces of files are cleared away', { timeout: 60_000 }, async () => {
    const program = await bundleChild(folder)
    const home = makeHome()
    for (const words of [['hold-config'], ['hold-subject'], ['hold-run']]) {
      const child = startChild(program, [...words, home.config, 'amy'])
      await child.next()
      child.process.kill('SIGKILL')
      await child.ended
    }
    const run = '20260101-000000-0001'
    writeFileSync(join(home.config, `config.json.${hex}.new`), '{"secret":')
    writeFileSync(join(home.state, 'runs', `${run}.jsonl.${hex}.new`), '{')
    writeFileSync(join(home.state, 'runs', `${run}.people.${hex}.new`), '{')
    writeFileSync(join(home.state, 'runs', `${run}.lock.${hex}.new`), '')
    const ledgers = readdirSync(join(home.state, 'runs')).filter(name => name.endsWith('.jsonl'))
    expect(await clearDead(home, processes)).toBe(7)
    expect(readdirSync(home.config)).toEqual(['state'])
    expect(readdirSync(join(home.state, 'locks'))).toEqual([])
    expect(readdirSync(join(home.state, 'runs'))).toEqual(ledgers)
    expect(await clearDead(home, processes)).toBe(0)
  })

  test('of one who lives, or of whom nobody can tell, nothing is touched', async () => {
    const home = makeHome()
    const config = join(home.config, 'config.json')
    const writer = await openLedger({ home, clock, processes }).create()
    await writer.append('plan', {})
    const elsewhere = { token: hex, renewed: '0', pid: 1, host: 'other', boot: 'other', since: '2026-11-29T00:00:00Z' }
    await holdWriteLock(config, processes, () =>
      openLocks({ home, clock, processes }).hold(subject, { run: 'a-run', operator: 'me' }, async () => {
        writeFileSync(`${config}.${hex}.new`, 'half of it')
        mkdirSync(join(home.config, 'secrets'))
        const unknown = join(home.config, 'secrets', 'plain.json.held')
        writeFileSync(unknown, JSON.stringify(elsewhere))
        const before = readdirSync(home.config, { recursive: true }).sort()
        const begun = performance.now()
        expect(await clearDead(home, processes)).toBe(0)
        expect(performance.now() - begun).toBeLessThan(5_000)
        expect(readdirSync(home.config, { recursive: true }).sort()).toEqual(before)
      }),
    )
    await writer.close()
    expect(existsSync(`${config}.held`)).toBe(false)
    expect(await clearDead(home, processes)).toBe(1)
  })

  test('pieces of what has a date are cleared away, but where somebody holds the entry', async () => {
    const home = makeHome()
    const diary = openDiary({ home, clock, processes })
    const [one, other] = [await diary.add({ is: 'one' }), await diary.add({ is: 'other' })]
    const inDated = () => readdirSync(join(home.state, 'dated')).sort()
    const pieceOf = (id: string) => `${id}.json.${hex}.new`
    for (const id of [one, other]) writeFileSync(join(home.state, 'dated', pieceOf(id)), '{')
    const by = { run: one, operator: 'me' }
    await openLocks({ home, clock, processes }).hold({ kind: 'dated', tenant: '', name: one }, by, async still => {
      expect(await clearDead(home, processes)).toBe(1)
      expect(inDated()).toEqual([`${one}.json`, pieceOf(one), `${other}.json`].sort())
      // Whoever writes the entry next takes away what the one before left.
      await diary.write(one, { is: 'changed' }, still)
      expect(inDated()).toEqual([`${one}.json`, `${other}.json`].sort())
    })
    writeFileSync(join(home.state, 'dated', pieceOf('d20260101-dead')), '{')
    expect(await clearDead(home, processes)).toBe(1)
    expect(await diary.read(one)).toEqual({ is: 'changed' })
    expect(readdirSync(join(home.state, 'locks'))).toEqual([])
  })

  test('where nothing was ever kept, nothing is made', async () => {
    const home = makeHome()
    expect(await clearDead(home, processes)).toBe(0)
    expect(readdirSync(home.config)).toEqual([])
  })
})
