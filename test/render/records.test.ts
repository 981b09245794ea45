import { describe, expect, it } from 'vitest'
import { onScreen } from '../../src/render/layout.ts'
import { type Column, formats, renderRecords } from '../../src/render/records.ts'

interface Person {
  name: string
  mail: string
}
const columns: Column<Person>[] = [
  { title: 'Name', cell: p => p.name },
  { title: 'E-mail', cell: p => p.mail, wide: true },
]
const records = [
  { name: 'Amy\u001b[31m', mail: 'amy@x.example' },
  { name: 'Ben\nB.', mail: '=ben' },
]
const view = { records, columns, empty: 'Nobody.' }

describe('renderRecords', () => {
  it('gives JSON and NDJSON the records as they are', async () => {
    expect(JSON.parse(await renderRecords(view, 'json'))).toEqual(records)
    const lines = (await renderRecords(view, 'ndjson')).split('\n')
    expect(lines.pop()).toBe('')
    expect(lines.map(line => JSON.parse(line))).toEqual(records)
  })

  it('gives CSV every column, without control characters', async () => {
    expect(await renderRecords(view, 'csv')).toBe("Name,E-mail\r\nAmy␛[31m,amy@x.example\r\nBen␊B.,'=ben\r\n")
  })

  it('gives a table only what fits a screen, a line a record', async () => {
    expect(onScreen(await renderRecords(view, 'table'))).toBe('NAME\nAmy␛[31m\nBen␊B.\n')
  })

  it('paints cells by their column, and the head', async () => {
    const paint = (title: string, text: string) => (title === '' ? text : `<${title}>${text}`)
    expect(onScreen(await renderRecords({ ...view, paint }, 'table'))).toBe('NAME\n<Name>Amy␛[31m\n<Name>Ben␊B.\n')
  })

  it('of nothing is a sentence for a person, and empty for a program', async () => {
    const nothing = { ...view, records: [] }
    const [table = '', ...documents] = await Promise.all(formats.map(format => renderRecords(nothing, format)))
    expect([onScreen(table), ...documents]).toEqual(['Nobody.\n', '[]\n', '', 'Name,E-mail\r\n'])
  })
})
