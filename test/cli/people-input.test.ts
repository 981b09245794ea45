import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'
import {
  type PeopleInputOptions,
  type PeopleSource,
  peopleSource,
  type Row,
  readPeople,
} from '../../src/cli/people-input.ts'
import { SeenWords } from '../../src/cli/seen-words.ts'
import { failureOf } from '../store/ground.ts'

async function rowsOf(source: PeopleSource, options: PeopleInputOptions = {}): Promise<Row[]> {
  const rows: Row[] = []
  for await (const row of readPeople(source, options)) rows.push(row)
  return rows
}

/** The same text in chunks of several sizes, because a chunk may end anywhere: in a CRLF, in a character, in a quote. */
async function read(content: string | Buffer, options: PeopleInputOptions = {}): Promise<Row[]> {
  const bytes = Buffer.from(content)
  const whole = await rowsOf(stdinOf([bytes]), options)
  for (const size of [1, 3, 7]) {
    const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    )
    expect(await rowsOf(stdinOf(pieces), options)).toEqual(whole)
  }
  return whole
}

function stdinOf(pieces: readonly Buffer[]): PeopleSource {
  return { kind: 'stdin', stdin: Readable.from(pieces, { objectMode: false }) }
}

function failure(content: string | Buffer, options: PeopleInputOptions = {}) {
  return failureOf(rowsOf(stdinOf([Buffer.from(content)]), options))
}

const amy = { line: 1, person: 'amy@x.example' }

describe('one a line', () => {
  test.each<[string, string, Row[]]>([
    ['LF', 'amy@x.example\nben\n', [amy, { line: 2, person: 'ben' }]],
    ['CRLF, no end', 'amy@x.example\r\nben', [amy, { line: 2, person: 'ben' }]],
    ['CR', 'amy@x.example\rben\r', [amy, { line: 2, person: 'ben' }]],
    ['a byte order mark', '\ufeffamy@x.example\n', [amy]],
    ['quotes and spaces', ' "amy@x.example" \n', [amy]],
    ['blank lines and comments', '\n# leavers\n\n  \namy@x.example\n#ben\n', [{ line: 5, person: 'amy@x.example' }]],
    ['accents', 'josé@x.example\n', [{ line: 1, person: 'josé@x.example' }]],
    ["a name's own marks", "o'brien+x@x.example\n", [{ line: 1, person: "o'brien+x@x.example" }]],
  ])('%s', async (_, content, rows) => {
    expect(await read(content)).toEqual(rows)
  })

  test('a bad line is a problem of its own', async () => {
    const rows = await read(
      'amy@x.example\nben@x.example, cy@x.example\ndi@x.example is leaving\na\u0007b\nev@x.example\n',
    )
    expect(rows.map(r => ('problem' in r ? `${r.line}: ${r.problem}` : r.person))).toEqual([
      'amy@x.example',
      '2: It names more than one person: "ben@x.example, cy@x.example"',
      '3: It is not only an e-mail or log-in: "di@x.example is leaving"',
      '4: It holds control characters or a line break: "a b"',
      'ev@x.example',
    ])
  })

  test('an endless line is cut off, and the next one read', async () => {
    const rows = await rowsOf(
      stdinOf([Buffer.from(`${'x'.repeat(70_000)}`), Buffer.from(`${'y'.repeat(70_000)}\namy\n`)]),
    )
    expect(rows).toEqual([
      { line: 1, problem: 'It is longer than 65536 characters.' },
      { line: 2, person: 'amy' },
    ])
  })
})

describe('NDJSON', () => {
  test('any of the members says who; others go along', async () => {
    const rows = await read(
      [
        '{"email": "amy@x.example", "tenant": "Northwind", "reason": "left", "ticket": "T-1", "successor": "ben@x.example"}',
        '{"person": "ben"}',
        '',
        '{"Login": "cy", "age": 44}',
        '{"user": "di", "tenant": null}',
      ].join('\n'),
    )
    expect(rows).toEqual([
      { ...amy, tenant: 'Northwind', reason: 'left', ticket: 'T-1', successor: 'ben@x.example' },
      { line: 2, person: 'ben' },
      { line: 4, person: 'cy' },
      { line: 5, person: 'di' },
    ])
  })

  test('a bad line stops nothing', async () => {
    const rows = await read(
      '{"email":"amy@x.example"}\n{"email": \n[1]\n{"name":"x"}\n{"email":7}\n{"email":""}\n{"email":"ben"}\n',
    )
    expect(rows.map(r => ('problem' in r ? r.problem : r.person))).toEqual([
      'amy@x.example',
      'It is not valid JSON, where each line has to be an object.',
      'It is JSON, but no object: {"email": "amy@customer.example"}',
      'It has no member any of email, emailaddress, mail, upn, userprincipalname, username, login, person, user.',
      'Its member "email" is not text.',
      'It names nobody: the e-mail or log-in is empty.',
      'ben',
    ])
  })

  test('--column names the member', async () => {
    expect(await read('{"email":"no","work":"amy@x.example"}\n', { column: 'Work' })).toEqual([amy])
  })

  test('one array is refused, with the way out', async () => {
    expect(await failure('[{"email":"amy"}]')).toMatchObject({ kind: 'usage', hint: expect.stringContaining('jq -c') })
  })
})

describe('CSV', () => {
  const second = { line: 2, person: 'amy@x.example' }
  test.each<[string, string, Row[]]>([
    ['a header of one', 'email\namy@x.example\n', [second]],
    ['E-mail before login, whatever the order', 'login,E-Mail\nno,amy@x.example\n', [second]],
    ['the column of Entra', '"User principal name",Name\namy@x.example,Amy\n', [second]],
    ['semicolons of Excel', 'Name;Email;Reason\r\n"O;Brien";amy@x.example;left\r\n', [{ ...second, reason: 'left' }]],
    ['tabs', 'Name\tEmail\nAmy\tamy@x.example\n', [second]],
    ['quotes', 'name,email\n"O""Brien, Amy","amy@x.example"\n', [second]],
    ['spaces around', ' name , email \n "Amy" , amy@x.example \n', [second]],
    [
      'blank rows',
      '\nemail,reason\n\n,\n"",""\namy@x.example,left\n',
      [{ line: 6, person: 'amy@x.example', reason: 'left' }],
    ],
    [
      'fewer and more cells',
      'email,reason\namy@x.example\nben,left,and,more\n',
      [second, { line: 3, person: 'ben', reason: 'left' }],
    ],
    [
      'all columns',
      'Email,Tenant,Reason,Ticket,Successor\namy@x.example,N,r,t,s@x.example\n',
      [{ ...second, tenant: 'N', reason: 'r', ticket: 't', successor: 's@x.example' }],
    ],
    ['a header that begins with #', '#,email\n1,amy@x.example\n', [second]],
    [
      'a cell of several lines',
      'email,reason\namy@x.example,"left\r\nat noon"\nben,\n',
      [
        { ...second, reason: 'left at noon' },
        { line: 4, person: 'ben' },
      ],
    ],
  ])('%s', async (_, content, rows) => {
    expect(await read(content)).toEqual(rows)
  })

  test('--column names the column, whatever the others are', async () => {
    expect(await read('email,Work Mail\nno,amy@x.example\n', { column: 'work mail' })).toEqual([second])
  })

  test.each([
    ['first name,last name\nAmy,B\n', undefined, 'stdin has no column that says who. It has: first name, last name.'],
    ['email,name\namy,A\n', 'mail', 'stdin has no column "mail". It has: email, name.'],
    ['amy@x.example,Amy\nben@x.example,Ben\n', undefined, 'The first line of stdin is a row, not a header.'],
  ])('no such column: %j', async (content, column, sentence) => {
    const error = await failure(content, column === undefined ? {} : { column })
    expect(error).toMatchObject({ kind: 'usage', message: sentence, facts: { columns: expect.any(Array) } })
  })

  test('a quote that is left open takes its own row and no other', async () => {
    const rows = await read(
      'email,name\n"amy@x.example,Amy\nben@x.example,Ben\n"cy@x.example","Cy"\ndi@x.example,D"i\nev,"E"v\nfay,Fay\n',
    )
    expect(rows.map(r => ('problem' in r ? `${r.line}: ${r.problem}` : r.person))).toEqual([
      '2: A quote is opened in it and not closed.',
      'ben@x.example',
      'cy@x.example',
      '5: A quote is opened in it and not closed.',
      '6: Its quotes are not as CSV has them: a quote in a cell is doubled.',
      'fay',
    ])
  })

  test('a quote that is opened in one row and closed in another swallows nobody', async () => {
    const rows = await read('email,name\n"amy@x.example,Amy\nben@x.example,Ben"\ncy,Cy\n')
    expect(rows.map(r => ('problem' in r ? r.line : r.person))).toEqual([2, 3, 'cy'])
  })
})

describe('encodings', () => {
  test('UTF-16 of Excel, both ways round', async () => {
    const text = '\ufeffName\tEmail\r\nJosé\tjosé@x.example\r\n'
    const little = Buffer.from(text, 'utf16le')
    const rows = [{ line: 2, person: 'josé@x.example' }]
    expect(await read(little)).toEqual(rows)
    expect(await read(Buffer.from(little).swap16())).toEqual(rows)
  })

  test('Latin-1 is a problem of the row that shows it', async () => {
    const rows = await read(Buffer.from('josé@x.example\namy@x.example\n', 'latin1'))
    expect(rows).toEqual([
      { line: 1, problem: expect.stringMatching(/^Its person is not UTF-8: .* Save the list as CSV UTF-8\.$/) },
      { line: 2, person: 'amy@x.example' },
    ])
    // A name that nobody uses may be spelled as it likes.
    const named = await read(Buffer.from('email,name\namy@x.example,José\n', 'latin1'))
    expect(named).toEqual([{ line: 2, person: 'amy@x.example' }])
  })

  test.each([
    ['UTF-16 without its mark', Buffer.from('amy@x.example\n', 'utf16le'), /not UTF-8 text/],
    ['an Excel workbook', Buffer.from('PK\u0003\u0004rest'), /Excel workbook/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0]), /compressed/],
  ])('%s is refused', async (_, content, sentence) => {
    expect(await failure(content)).toMatchObject({ kind: 'usage', message: expect.stringMatching(sentence) })
  })
})

describe('who was there already', () => {
  test('is left out and counted, ignoring case, in each tenant', async () => {
    const people = readPeople(
      stdinOf([Buffer.from('email,tenant\nAmy@x.example,N\namy@X.example,n\namy@x.example,M\nben,\nBEN\n,\n;,\n')]),
    )
    const rows: Row[] = []
    for await (const row of people) rows.push(row)
    expect(rows.map(r => r.line)).toEqual([2, 4, 5, 8])
    expect(people.counts).toEqual({ people: 3, problems: 1, duplicates: 2 })
  })

  test('a set of hashes keeps its promise while it grows', () => {
    const seen = new SeenWords()
    for (let i = 0; i < 20_000; i++) expect(seen.add(`person${i}`)).toBe(true)
    for (let i = 0; i < 20_000; i++) expect(seen.add(`person${i}`)).toBe(false)
  })
})

describe('sources', () => {
  const stdin = Readable.from(['amy\n'])

  test('arguments', async () => {
    const source = peopleSource(['amy@x.example', 'AMY@x.example', ' ', 'ben'], undefined, stdin)
    expect(await rowsOf(source)).toEqual([
      amy,
      { line: 3, problem: 'It names nobody: the e-mail or log-in is empty.' },
      { line: 4, person: 'ben' },
    ])
    expect(() => readPeople(source, { column: 'mail' })).toThrow(/--column is for a list/)
  })

  test('- and --from - are stdin', () => {
    expect(peopleSource(['-'], undefined, stdin)).toEqual({ kind: 'stdin', stdin })
    expect(peopleSource([], '-', stdin)).toEqual({ kind: 'stdin', stdin })
    expect(peopleSource([], 'a.csv', stdin)).toEqual({ kind: 'file', path: 'a.csv' })
  })

  test.each<[readonly string[], string | undefined, RegExp]>([
    [[], undefined, /^Nobody is named\.$/],
    [['-', 'amy'], undefined, /"-" is given; one of the two/],
    [['amy', '-'], undefined, /"-" is given; one of the two/],
    [['amy'], 'a.csv', /--from is given; one of the two/],
    [['-'], 'a.csv', /--from is given; one of the two/],
  ])('%j with --from %s is refused', (words, from, sentence) => {
    expect(() => peopleSource(words, from, stdin)).toThrow(sentence)
  })

  test('stdin that is a terminal is refused', () => {
    expect(() => peopleSource(['-'], undefined, Object.assign(Readable.from([]), { isTTY: true }))).toThrow(/terminal/)
  })

  test('a file', async () => {
    const folder = makeFolder()
    const path = join(folder, 'leavers.csv')
    writeFileSync(path, 'email\namy@x.example\n')
    expect(await rowsOf({ kind: 'file', path })).toEqual([{ ...amy, line: 2 }])
    expect(await failureOf(rowsOf({ kind: 'file', path: join(folder, 'no') }))).toMatchObject({ kind: 'usage' })
    expect(await failureOf(rowsOf({ kind: 'file', path: folder }))).toMatchObject({
      message: expect.stringMatching(/is a folder/),
    })
  })

  test.each(['', '\n\n', '# nobody\n', 'email\n', 'email,reason\n,\n'])(
    '%j names nobody, which is no success',
    async content => {
      expect(await failure(content)).toMatchObject({ kind: 'usage', message: 'stdin names nobody.' })
    },
  )
})

test('200,000 rows in constant memory', { timeout: 60_000 }, async () => {
  const path = join(makeFolder(), 'many.csv')
  const file = createWriteStream(path)
  file.write('email,name,reason\n')
  for (let i = 0; i < 200; i++) {
    const rows = Array.from({ length: 1000 }, (_, k) => `person.${i * 1000 + k}@x.example,"O'Brien, ${k}",left\n`)
    file.write(rows.join(''))
  }
  await new Promise(resolve => file.end(resolve))
  const people = readPeople({ kind: 'file', path })
  // What is still referenced counts, not what waits to be collected: so only as a coarse bound.
  const before = process.memoryUsage()
  let most = 0
  let rows = 0
  for await (const row of people) {
    if ('problem' in row) throw new Error(row.problem)
    if (++rows % 20_000 === 0) most = Math.max(most, process.memoryUsage().rss)
  }
  expect(people.counts).toEqual({ people: 200_000, problems: 0, duplicates: 0 })
  expect((most - before.rss) / 2 ** 20).toBeLessThan(120)
})

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-people-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
