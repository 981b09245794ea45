import type { ProtectedAccount } from '../core/stores.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { type FoundPerson, nearestPeople } from './nearest-people.ts'
import { type SeenAccount, tenantsFor, type WhoIs, whoIs } from './protection.ts'
import { reachablesOf } from './reachables.ts'
import { withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'

const tenantOption = { flags: '-t, --tenant <name>', summary: 'in this tenant alone (else in every tenant)' } as const

interface ProtectedView {
  person: string
  /** Null: in every tenant. */
  tenant: string | null
  reason: string | null
  /** Who that was found to be. */
  accounts: ProtectedAccount[]
}

const list: CommandSpec = {
  name: 'list',
  summary: 'list whom nothing may touch',
  options: [tenantOption],
  takes: ['list'],
  examples: ['k1ctl protect list', "k1ctl protect list --tenant 'Northwind Dental' --json"],
  async run({ app, words, output }) {
    const config = await app.config()
    const tenant = words.text('tenant')?.toLowerCase()
    const rows = config
      .protectedPeople()
      .filter(p => tenant === undefined || p.tenant === undefined || p.tenant.toLowerCase() === tenant)
      .map(
        ({ person, tenant = null, reason = null, accounts = [] }): ProtectedView => ({
          person,
          tenant,
          reason,
          accounts,
        }),
      )
    await output.records(
      rows,
      [
        { title: 'Person', cell: r => r.person },
        { title: 'Tenant', cell: r => r.tenant ?? 'every tenant' },
        { title: 'Known as', cell: r => knownAs(r.accounts), wide: true },
        { title: 'Reason', cell: r => r.reason ?? '' },
      ],
      'Nobody is protected. Protect break-glass, sync and service accounts: k1ctl protect add <person>',
    )
    return 0
  },
}

const add: CommandSpec = {
  name: 'add',
  args: '<person>',
  summary: 'never touch this person: an e-mail or a log-in, exactly',
  details:
    'Looks at once who that is, in all that is connected, and protects that person by ids and by all addresses.\n' +
    'Upper and lower case make no difference. A person who is protected already gets the new reason.',
  options: [{ flags: '--reason <text>', summary: 'why; shown when somebody tries' }, tenantOption],
  takes: ['network', 'output'],
  examples: [
    "k1ctl protect add amy.breakglass@northwind-dental.example --reason 'the way back in'",
    "k1ctl protect add svc-sync --tenant 'Northwind Dental' --reason 'directory sync'",
  ],
  async run(context) {
    const { app, words, output } = context
    const person = words.required(0, 'The person')
    const [tenant, reason] = [words.text('tenant'), words.text('reason')]
    const config = await app.config()
    const who = await lookUp(context, person, tenant)
    const accounts = who.accounts.map(({ tenant, system, id, words }) => ({ tenant, system, id, words }))
    await config.protect({
      person,
      ...(tenant === undefined ? {} : { tenant }),
      ...(reason === undefined ? {} : { reason }),
      ...(accounts.length === 0 ? {} : { accounts }),
    })
    const name = tenant === undefined ? null : (config.tenant(tenant)?.name ?? tenant)
    if (output.forMachine) {
      output.json({ person: person.trim(), tenant: name, reason: reason?.trim() || null, accounts, silent: who.silent })
    } else {
      output.say(`${person.trim()} is protected in ${name ?? 'every tenant'}.`)
      for (const line of told(who)) output.say(line)
      for (const near of who.near ?? []) {
        output.say(`${output.talk.cyan('→')} Is it ${near.name ? `${near.name} <${near.who}>` : near.who}?`)
      }
    }
    return 0
  },
}

/** Who that is, wherever the word may name somebody. Nothing is asked for a word that is no one's at all. */
async function lookUp(
  context: Context,
  word: string,
  tenant: string | undefined,
): Promise<WhoIs & { near?: FoundPerson[] }> {
  const config = await context.app.config()
  const named = tenant === undefined ? undefined : config.tenant(tenant)
  const tenants = named ? [named] : tenant === undefined ? tenantsFor(word.trim(), config.tenants()) : []
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const reachables = reachablesOf(context, sessions, { only: [], except: [] })
    const everywhere = (await Promise.all(tenants.map(t => reachables(t.name)))).flat()
    if (!everywhere.some(r => r.open)) return { accounts: [], asked: 0, silent: [] }
    const who = await spinning(context, 'Looking who that is', () => whoIs(word.trim(), everywhere))
    // That reads all people of a tenant: of one, and where somebody reads the answer.
    const isUnknown = who.accounts.length === 0 && tenants.length === 1 && !context.output.forMachine
    return isUnknown ? { ...who, near: await nearestPeople(context, everywhere, word) } : who
  })
}

function told({ accounts, asked, silent }: WhoIs): string[] {
  const onlyTheWord = 'Kept as it was typed, and looked for again before each run.'
  const found = accounts.map(one => `  ${one.name || one.words[0]}: ${placeOf(one)}`)
  if (asked === 0) return [`Nothing is connected, so nobody was looked up. ${onlyTheWord}`]
  const nobody =
    accounts.length === 0 ? [`Nobody of that name was found in ${asked} connected systems. ${onlyTheWord}`] : []
  return [...nobody, ...found, ...silent.map(sentence => `  ${sentence}`)]
}

function placeOf({ tenant, title, id, words }: SeenAccount): string {
  return `${title} of ${tenant}, ${words.join(', ')} (id ${id})`
}

function knownAs(accounts: readonly ProtectedAccount[]): string {
  return [...new Set(accounts.flatMap(a => [...a.words, `${a.system} ${a.id}`]))].join(', ')
}

const remove: CommandSpec = {
  name: 'remove',
  args: '<person>',
  summary: 'take the protection away',
  details: 'Nothing is done to the person. Without --tenant it removes the protection that is for every tenant.',
  options: [tenantOption],
  takes: ['output'],
  examples: [
    'k1ctl protect remove amy.breakglass@northwind-dental.example',
    "k1ctl protect remove svc-sync --tenant 'Northwind Dental'",
  ],
  async run({ app, words, output }) {
    const person = words.required(0, 'The person').trim()
    const tenant = words.text('tenant')
    const config = await app.config()
    await config.unprotect(person, tenant)
    const name = tenant === undefined ? null : (config.tenant(tenant)?.name ?? tenant)
    if (output.forMachine) output.json({ person, tenant: name, removed: true })
    else output.say(`${person} is no longer protected in ${name ?? 'every tenant'}.`)
    return 0
  },
}

export const protectCommand: GroupSpec = {
  name: 'protect',
  summary: 'people whom an offboarding never touches',
  details: 'For break-glass, sync and service accounts. Kept on this machine, for every tenant or for one.',
  examples: [
    "k1ctl protect add amy.breakglass@northwind-dental.example --reason 'the way back in'",
    'k1ctl protect list',
    'k1ctl protect remove amy.breakglass@northwind-dental.example',
  ],
  commands: [list, add, remove],
}
