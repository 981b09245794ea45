import { eol, layout } from '../render/layout.ts'
import { type Column, renderRecords } from '../render/records.ts'
import type { RunningSandbox } from './app.ts'
import type { Context } from './command.ts'

/** Of whoever signs in: what is asked for after the password. */
const seconds = {
  none: () => '',
  'two-factor': (code: string) => `2FA code ${code}`,
  push: () => 'k1ctl sandbox push',
} as const

type Operator = RunningSandbox['operators'][number]

function secondOf({ challenge, code = '' }: Operator): string {
  return seconds[challenge](code)
}

/** Each system with its address and with whom to sign in. Not redacted: simulators' own passwords, there to be typed. */
export function accountsText({ data }: Context['output'], { systems, operators }: RunningSandbox): string {
  const lines = Object.entries(systems).map(([id, { url, control, credentials }]) => {
    const people = operators.filter(o => o.systems.includes(id))
    const signIns = people.length > 0 ? people.map(personLine) : credentialLines(credentials)
    return [data.bold(id), `  url       ${url}`, `  control   ${control}`, ...signIns]
  })
  return `${lines
    .flat()
    .map(line => `  ${line}\n`)
    .join('')}`
}

function personLine(operator: Operator): string {
  const { username, password, company } = operator
  const second = operator.challenge === 'push' ? `a push: ${secondOf(operator)}` : secondOf(operator)
  const more = [second, operator.role === 'User' ? 'no administrator' : ''].filter(Boolean).join('; ')
  return `  sign in   ${username} / ${password}, company ${company}${more ? `; ${more}` : ''}`
}

function credentialLines({ url: _, username, password, company, ...rest }: Record<string, string>): string[] {
  const where = company === undefined ? '' : `, company ${company}`
  const signIn = username === undefined ? [] : [`  sign in   ${username} / ${password ?? ''}${where}`]
  const others = Object.entries({ ...(username === undefined && password ? { password } : {}), ...rest })
  const width = Math.max(9, ...others.map(([key]) => key.length))
  return [...signIn, ...others.map(([key, value]) => `  ${key.padEnd(width)} ${oneLine(value)}`)]
}

/** Certificates and keys are files; `--json` has them whole. */
function oneLine(value: string): string {
  return value.includes('\n') || value.length > 200 ? '(a file: in --json)' : value
}

/** So long a value has room beside its names at a terminal of 80 columns. It is not broken: it is there to be copied. */
const longestValue = 43

/** The same as tables: where each system is, who signs in to the modules, and with what to the others. */
export async function accountsTable({ systems, operators }: RunningSandbox): Promise<string> {
  const signIns = Object.keys(systems).flatMap(id =>
    operators.filter(o => o.systems.includes(id)).map(o => ({ id, o })),
  )
  const others = Object.entries(systems).filter(([id]) => !signIns.some(one => one.id === id))
  const settings = others.flatMap(([id, { credentials }]) =>
    Object.entries(credentials)
      .filter(([key]) => key !== 'url')
      .map(([key, value], at) => ({ id: at === 0 ? id : '', key, value })),
  )
  const tables = [
    await table(Object.entries(systems), 'No system is there.', [
      { title: 'System', cell: ([id]) => id },
      { title: 'Url', cell: ([, { url }]) => url },
    ]),
    await table(signIns, 'Nobody signs in to this sandbox.', [
      { title: 'System', cell: ({ id }) => id },
      { title: 'Sign in as', cell: ({ o }) => o.username },
      { title: 'Password', cell: ({ o }) => o.password },
      { title: 'Then', cell: ({ o }) => secondOf(o) || (o.role === 'User' ? '(no administrator)' : '') },
    ]),
    ...(settings.length === 0
      ? []
      : [
          await table(settings, '', [
            { title: 'System', cell: r => r.id },
            { title: 'Setting', cell: r => r.key },
            {
              title: 'Value',
              cell: r => (r.value.length > longestValue || r.value.includes('\n') ? '(in --json)' : r.value),
            },
          ]),
        ]),
  ]
  const companies = [...new Set(signIns.map(({ o }) => o.company))]
  const company = companies.length > 0 ? layout`Company at each sign-in: ${companies.join(', ')}\n` : ''
  return [tables[0], `${tables[1]}${company}`, ...tables.slice(2)].join(eol)
}

function table<T>(records: readonly T[], empty: string, columns: readonly Column<T>[]): Promise<string> {
  return renderRecords({ records, columns, empty }, 'table')
}
