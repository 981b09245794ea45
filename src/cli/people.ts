import type { ChalkInstance } from 'chalk'
import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { Column } from '../render/records.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { nearestPeople, placesText } from './nearest-people.ts'
import { titlesFor } from './offboard-run.ts'
import { type Hit, havingWords, searchPeople } from './people-search.ts'
import { reachablesOf } from './reachables.ts'
import { withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenants } from './tenant-choice.ts'
import { WaitingFor } from './waiting-for.ts'

const find: CommandSpec = {
  name: 'find',
  args: '<text...>',
  summary: 'where somebody is: by name, e-mail or log-in, in all that is connected',
  details:
    'Reads only. Exit 3 when nobody is found, or when a system did not answer. The last sign-in is told by Google ' +
    'Workspace, by Active Directory (9 to 14 days late) and by AWS (at the console, with a password).',
  takes: ['tenant', 'fleet', 'list'],
  examples: ["k1ctl people find 'diego torres' --tenant 'Ironbridge Machining'", 'k1ctl people find taro --json'],
  run: findPeople,
}

export const peopleCommand: GroupSpec = {
  name: 'people',
  summary: 'find people in all that is connected',
  examples: ["k1ctl people find 'diego torres' --tenant 'Ironbridge Machining'"],
  commands: [find],
}

/** One row: the stable shape of `k1ctl people find --json`. */
interface PersonRow {
  tenant: string
  system: string
  login: string
  email: string
  name: string
  active: boolean
  roles: string[]
  /** ISO; null where the system does not tell. */
  lastSignIn: string | null
}

async function findPeople(context: Context): Promise<number> {
  const { app, words, output } = context
  const text = words.rest(0).join(' ').trim()
  if (text === '') throw new K1Error('usage', 'The text to look for is missing.')
  const tenants = await chooseTenants(context)
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const reachables = reachablesOf(context, sessions, { only: [], except: [] })
    const places = (await Promise.all(tenants.map(t => reachables(t.name)))).flat()
    if (!places.some(place => place.open)) {
      throw new K1Error('not-set-up', 'Nothing is connected where people could be looked for.', {
        hint: `k1ctl connect kaseyaone --tenant ${quoted(tenants[0]?.name ?? '')}`,
      })
    }
    const waiting = new WaitingFor()
    const { hits, failures } = await spinning(
      context,
      () => `Looking in ${waiting.counts.asked} systems${waiting.longest ? ` · waits for ${waiting.longest}` : ''}`,
      () => searchPeople(places, havingWords(text), title => waiting.begin(title)),
    )
    const rows = hits.map(rowOf)
    await output.records(rows, columns(rows, new Set(tenants).size === 1), 'Nobody was found.', painter(output.data))
    for (const { tenant, title, why } of failures) output.warn(`${output.talk.red('!')} ${tenant} · ${title}: ${why}`)
    if (hits.length === 0 && !output.forMachine) {
      const near = await nearestPeople(context, places, text)
      const titles = await titlesFor(context)
      for (const { name, who, systems } of near) {
        output.say(`Near: ${name ? `${name} <${who}>` : who} (${placesText(systems.map(titles))})`)
      }
      const [only, second] = tenants
      if (only && !second && (await app.config()).tenants().length > 1)
        output.say(`Looked in ${only.name}. In every tenant: k1ctl people find ${quoted(text)} --all-tenants`)
    }
    return hits.length === 0 || failures.length > 0 ? 3 : 0
  })
}

function rowOf({ tenant, system, account }: Hit): PersonRow {
  const { login, email, name, active, roles, lastSignIn } = account
  return { tenant, system, login, email, name, active, roles: roles.map(r => r.name), lastSignIn: lastSignIn ?? null }
}

/** Where there is little room, somebody alone needs no name in each row, and has room for when they last signed in. */
function columns(rows: readonly PersonRow[], isOneTenant: boolean): Column<PersonRow>[] {
  const isOnePerson = new Set(rows.map(r => r.name)).size === 1
  const alone = isOnePerson ? { narrow: 'none' as const } : {}
  const last = isOnePerson ? {} : { narrow: 'none' as const }
  return [
    { title: 'Tenant', cell: r => r.tenant, ...(isOneTenant ? { wide: true } : {}) },
    { title: 'System', cell: r => r.system },
    { title: 'Name', cell: r => r.name, ...alone },
    { title: 'E-mail', cell: r => r.email },
    { title: 'Log-in', cell: r => r.login, narrow: 'none' },
    { title: 'Active', cell: r => (r.active ? 'yes' : 'no') },
    { title: 'Roles', cell: r => r.roles.join(', '), narrow: 'none' },
    { title: 'Last sign-in', cell: r => r.lastSignIn ?? '', ...last },
  ]
}

function painter(style: ChalkInstance): (title: string, text: string) => string {
  return (title, text) => {
    if (title === '') return style.bold(text)
    return title === 'Active' ? (text === 'yes' ? style.green(text) : style.dim(text)) : text
  }
}
