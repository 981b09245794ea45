import { renderRecords } from '../render/records.ts'
import type { RunningSandbox } from './app.ts'
import type { Context } from './command.ts'

/** Of whoever signs in: what is asked for after the password. */
const seconds = {
  none: () => '',
  'two-factor': (code: string) => `2FA code ${code}`,
  push: () => 'a push: k1ctl sandbox push',
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
  const more = [secondOf(operator), operator.role === 'User' ? 'no administrator' : ''].filter(Boolean).join('; ')
  return `  sign in   ${username} / ${password}, company ${company}${more ? `; ${more}` : ''}`
}

function credentialLines({ url: _, username, password, company, ...rest }: Record<string, string>): string[] {
  const where = company === undefined ? '' : `, company ${company}`
  const signIn = username === undefined ? [] : [`  sign in   ${username} / ${password ?? ''}${where}`]
  const others = Object.entries({ ...(username === undefined && password ? { password } : {}), ...rest })
  return [...signIn, ...others.map(([key, value]) => `  ${key.padEnd(9)} ${oneLine(value)}`)]
}

/** Certificates and keys are files; `--json` has them whole. */
function oneLine(value: string): string {
  return value.includes('\n') || value.length > 200 ? '(a file: in --json)' : value
}

/** The same as a table, one row for each way in. It has no width: a password that is broken over lines cannot be copied. */
export async function accountsTable({ systems, operators }: RunningSandbox): Promise<string> {
  const people = Object.keys(systems).flatMap(id =>
    operators
      .filter(o => o.systems.includes(id))
      .map(operator => ({
        where: id,
        as: operator.username,
        secret: operator.password,
        more: [`company ${operator.company}`, secondOf(operator), operator.role === 'User' ? 'no administrator' : '']
          .filter(Boolean)
          .join('; '),
      })),
  )
  const others = Object.entries(systems)
    .filter(([id]) => !operators.some(o => o.systems.includes(id)))
    .map(([id, { credentials }]) => {
      const { url: _, username = '', password, ...rest } = credentials
      const pairs = Object.entries(rest).map(
        ([key, value]) => `${key} ${value.length > 48 ? '(in --json)' : oneLine(value)}`,
      )
      return { where: id, as: username, secret: password ?? '', more: pairs.join('; ') }
    })
  return renderRecords(
    {
      records: [...others, ...people],
      columns: [
        { title: 'System', cell: r => r.where },
        { title: 'Sign in as', cell: r => r.as },
        { title: 'Password', cell: r => r.secret },
        { title: 'And', cell: r => r.more },
      ],
      empty: 'Nobody signs in to this sandbox.',
    },
    'table',
  )
}
