import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rememberSecret } from '../../src/core/redact.ts'
import type { PeopleRow } from '../../src/core/stores.ts'
import { openPeopleList } from '../../src/store/people-list.ts'
import { failureOf, makeHome } from './ground.ts'

const run = '20261121-201403-4f2a'

async function* iterate(rows: readonly PeopleRow[]): AsyncGenerator<PeopleRow> {
  yield* rows
}

async function all(rows: AsyncIterable<PeopleRow>): Promise<PeopleRow[]> {
  const read: PeopleRow[] = []
  for await (const row of rows) read.push(row)
  return read
}

const rows: PeopleRow[] = [
  { line: 1, person: 'amy@x.example', tenant: 'Northwind', reason: 'left', ticket: 'T-1', successor: 'ben@x.example' },
  { line: 3, problem: 'It names nobody.' },
  { line: 4, person: 'josé "the\u2028boss"' },
]

describe('the people of a run', () => {
  test('are there for the next process, for this user alone', async () => {
    const home = makeHome()
    expect(await openPeopleList(home).writePeople(run, iterate(rows))).toMatchObject({ count: 2, problems: 1 })
    expect(await all(openPeopleList(home).readPeopleList(run))).toEqual(rows)
    const path = join(home.state, 'runs', `${run}.people`)
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(existsSync(`${path}.new`)).toBe(false)
  })

  test('are written once', async () => {
    const list = openPeopleList(makeHome())
    await list.writePeople(run, iterate(rows))
    expect(await failureOf(list.writePeople(run, iterate([])))).toMatchObject({ kind: 'storage' })
    expect(await all(list.readPeopleList(run))).toEqual(rows)
  })

  test('are whole or not at all: what the input throws leaves nothing behind', async () => {
    const home = makeHome()
    const list = openPeopleList(home)
    async function* broken(): AsyncGenerator<PeopleRow> {
      yield { line: 1, person: 'amy' }
      throw new RangeError('the input broke')
    }
    await expect(list.writePeople(run, broken())).rejects.toThrow('the input broke')
    expect(existsSync(join(home.state, 'runs', `${run}.people`))).toBe(false)
    expect(existsSync(join(home.state, 'runs', `${run}.people.new`))).toBe(false)
    expect(await failureOf(all(list.readPeopleList(run)))).toMatchObject({
      kind: 'storage',
      message: `Run ${run} kept no list of people.`,
    })
    await list.writePeople(run, iterate(rows))
    expect(await all(list.readPeopleList(run))).toEqual(rows)
  })

  test.each<[string, (text: string) => string]>([
    ['cut in a line', text => text.slice(0, 40)],
    ['cut at the end of a line', text => text.slice(0, text.indexOf('\n') + 1)],
    ['without its last line', text => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`],
    ['with a row less', text => text.split('\n').slice(1).join('\n')],
    ['with a row more', text => `${text}{"line":9,"person":"eve"}\n`],
    ['with another member', text => text.replace('"line":4', '"row":4')],
    ['empty', () => ''],
  ])('a file that is %s is refused, and not taken for fewer people', async (_, change) => {
    const home = makeHome()
    const list = openPeopleList(home)
    await list.writePeople(run, iterate(rows))
    const path = join(home.state, 'runs', `${run}.people`)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    const error = await failureOf(all(list.readPeopleList(run)))
    expect(error).toMatchObject({ kind: 'storage', message: expect.stringContaining('is not as k1ctl wrote it') })
  })

  test('another list in its place is refused before the first row, whole though it is', async () => {
    const home = makeHome()
    const list = openPeopleList(home)
    const kept = await list.writePeople(run, iterate(rows))
    expect(await all(list.readPeopleList(run, kept))).toEqual(rows)
    const path = join(home.state, 'runs', `${run}.people`)
    writeFileSync(path, readFileSync(path, 'utf8').replace('amy@x.example', 'eve@x.example'))
    expect(await all(list.readPeopleList(run))).toHaveLength(3)
    const given: PeopleRow[] = []
    const error = await failureOf(
      (async () => {
        for await (const row of list.readPeopleList(run, kept)) given.push(row)
      })(),
    )
    expect(error).toMatchObject({ kind: 'storage', message: expect.stringContaining('not the one that was agreed to') })
    expect(given).toEqual([])
  })

  test('a secret in a reason is not kept; a person stays who they are', async () => {
    rememberSecret('hunter2-people')
    const list = openPeopleList(makeHome())
    await list.writePeople(
      run,
      iterate([{ line: 1, person: 'hunter2-people@x.example', reason: 'was hunter2-people' }]),
    )
    const [row] = await all(list.readPeopleList(run))
    expect(row).toEqual({ line: 1, person: 'hunter2-people@x.example', reason: 'was [secret]' })
  })

  test('100,000 of them, in constant memory', { timeout: 60_000 }, async () => {
    const list = openPeopleList(makeHome())
    async function* many(): AsyncGenerator<PeopleRow> {
      for (let line = 1; line <= 100_000; line++) yield { line, person: `person.${line}@x.example`, reason: 'left' }
    }
    const before = process.memoryUsage().rss
    const kept = await list.writePeople(run, many())
    expect(kept).toMatchObject({ count: 100_000, problems: 0 })
    let read = 0
    for await (const row of list.readPeopleList(run, kept)) read = row.line
    expect(read).toBe(100_000)
    expect((process.memoryUsage().rss - before) / 2 ** 20).toBeLessThan(120)
  })
})
