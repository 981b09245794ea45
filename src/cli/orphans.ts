import type { ChalkInstance } from 'chalk'
import type { PeopleAccess } from '../core/account.ts'
import { asK1Error, K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { Identity } from '../core/system.ts'
import { inLanes } from '../engine/lanes.ts'
import { foldWord } from '../offboarding/guard.ts'
import { includes } from '../offboarding/options.ts'
import { type Authority, findOrphans, type Orphan, readAuthority } from '../offboarding/orphans.ts'
import type { Reachable } from '../offboarding/unit.ts'
import { concurrency } from './change.ts'
import type { CommandSpec, Context } from './command.ts'
import { sayNext } from './next-steps.ts'
import { type OrphanRow, orphanColumns, orphanRowOf } from './orphan-rows.ts'
import { reachablesOf } from './reachables.ts'
import { type Sessions, systemNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenants } from './tenant-choice.ts'

export const orphansCommand: CommandSpec = {
  name: 'orphans',
  args: '[systems...]',
  summary: 'who is still active in a system, and gone or disabled in the authority',
  details:
    'Reads only. Accounts are matched by e-mail, else by log-in. Protected people are left out, and the accounts that\n' +
    'k1ctl itself signs in with. Exit 3 when there are orphans, or when a system did not answer.',
  options: [
    { flags: '--authority <system>', summary: 'the system that says who is here (default kaseyaone)' },
    { flags: '--unmatched', summary: 'also accounts without an e-mail that the authority does not know' },
  ],
  takes: ['tenant', 'fleet', 'list'],
  examples: [
    'k1ctl orphans',
    'k1ctl orphans graphus bms --all-tenants',
    'k1ctl orphans --all-tenants --output csv > orphans.csv',
    'k1ctl orphans --authority scim:huddle',
  ],
  run: showOrphans,
}

interface Comparison {
  reachable: Reachable
  authority: Authority
}

async function showOrphans(context: Context): Promise<number> {
  const { app, words, output } = context
  const [named, authorityId] = await Promise.all([
    Promise.all(words.rest(0).map(word => idNamed(context, word))),
    idNamed(context, words.text('authority') ?? 'kaseyaone'),
  ])
  const tenants = (await chooseTenants(context)).map(t => t.name)
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const notes = new Notes(context)
    const comparisons = await prepare(context, sessions, { tenants, named, authorityId, notes })
    const rows = await spinning(context, `Reading ${comparisons.length} systems`, () =>
      compareAll(context, comparisons, authorityId, notes),
    )
    await output.records(rows, orphanColumns(rows), 'No orphan was found.', painter(output.data))
    notes.say()
    if (app.stdout.isTTY && !output.forMachine)
      sayNext(
        context,
        rows.map(r => r.next),
      )
    return rows.length > 0 || notes.incomplete ? 3 : 0
  })
}

/** What has to be said besides the rows. */
class Notes {
  readonly #context: Context
  readonly #failures: string[] = []
  /** By tenant. */
  readonly #notConnected = new Map<string, string[]>()
  #leftOut = { protected: 0, own: 0, unmatched: 0 }

  constructor(context: Context) {
    this.#context = context
  }

  get incomplete(): boolean {
    return this.#failures.length > 0
  }

  fail(tenant: string, title: string, error: K1Error): void {
    if (error.kind === 'cancelled') throw error
    this.#failures.push(`${tenant} · ${title}: ${error.message}${error.hint ? ` ${error.hint}` : ''}`)
  }

  notConnected(tenant: string, title: string): void {
    this.#notConnected.set(tenant, [...(this.#notConnected.get(tenant) ?? []), title])
  }

  leaveOut(why: 'protected' | 'own' | 'unmatched'): void {
    this.#leftOut[why]++
  }

  say(): void {
    const { output } = this.#context
    for (const failure of this.#failures) output.warn(`${output.talk.red('!')} ${failure}`)
    if (this.#notConnected.size > 0) {
      const where = [...this.#notConnected].map(([tenant, titles]) => `${tenant} · ${titles.join(', ')}`)
      output.say(`Not connected, so not looked at: ${where.join('; ')}`)
    }
    const { protected: spared, own, unmatched } = this.#leftOut
    if (spared > 0) output.say(`Left out because they are protected: ${spared}`)
    if (own > 0) output.say(`Left out because k1ctl itself signs in with them: ${own}`)
    if (unmatched > 0) output.say(`Left out because they have no e-mail: ${unmatched} (--unmatched shows them)`)
  }
}

interface Scope {
  tenants: readonly string[]
  named: readonly string[]
  authorityId: string
  notes: Notes
}

/** Reads the authority of each tenant; a tenant whose authority does not answer is left out, and said. */
async function prepare(context: Context, sessions: Sessions, scope: Scope): Promise<Comparison[]> {
  const { tenants, named, authorityId, notes } = scope
  const find = reachablesOf(context, sessions, { only: [], except: [] })
  const alone = tenants.length === 1
  const answers = await spinning(context, 'Reading the authority', () =>
    inLanes(
      tenants,
      tenant => tenant,
      concurrency,
      async tenant => {
        const all = await find(tenant)
        const authority = all.find(r => r.id === authorityId)
        const others = all.filter(r => r !== authority && includes({ only: named, except: [] }, r.id))
        for (const { open, title, id } of others) {
          if (open) continue
          if (!named.includes(id)) notes.notConnected(tenant, title)
          else if (alone) throw notConnected(tenant, id, title)
          else notes.fail(tenant, title, notConnected(tenant, id, title))
        }
        try {
          if (!authority?.open) throw notConnected(tenant, authorityId, authority?.title ?? authorityId)
          const open = others.filter(r => r.open)
          // What was named and is not connected has been said already.
          if (open.length === 0 && named.length > 0) return []
          if (open.length === 0) throw nothingToCompare(tenant)
          const { people } = await openPeople(authority)
          const index = await readAuthority(people.list(), authority.title, count => {
            const what = count === 1 ? 'one account is active' : `${count} accounts are active`
            const why = `Whether ${what} is not shown, so they count as active, and no orphan is found by them.`
            notes.fail(tenant, authority.title, new K1Error('contract', why, { hint: 'k1ctl doctor names the right.' }))
          })
          return open.map((reachable): Comparison => ({ reachable, authority: index }))
        } catch (error) {
          if (alone) throw error
          notes.fail(tenant, authority?.title ?? authorityId, asK1Error(error))
          return []
        }
      },
    ),
  )
  return answers.flat()
}

async function compareAll(
  context: Context,
  comparisons: readonly Comparison[],
  authorityId: string,
  notes: Notes,
): Promise<OrphanRow[]> {
  const config = await context.app.config()
  const withUnmatched = context.words.flag('unmatched')
  const answers = await inLanes(
    comparisons,
    ({ reachable }) => `${reachable.tenant}/${reachable.id}`,
    concurrency,
    async ({ reachable, authority }) => {
      const { tenant, id, title } = reachable
      const kept = config.protectedFor(tenant)
      const spared = wordsOf(kept.flatMap(p => [p.person, ...(p.words ?? [])]))
      const sparedIds = new Set(kept.flatMap(p => p.accounts ?? []).flatMap(a => (a.system === id ? [a.id] : [])))
      const rows: OrphanRow[] = []
      try {
        const { people, operator } = await openPeople(reachable)
        const own = wordsOf([operator.name, operator.email])
        for await (const orphan of findOrphans(authority, people.list())) {
          if (isAmong(spared, orphan) || sparedIds.has(orphan.account.id)) notes.leaveOut('protected')
          else if (isAmong(own, orphan)) notes.leaveOut('own')
          else if (orphan.state === 'unmatched' && !withUnmatched) notes.leaveOut('unmatched')
          else rows.push(orphanRowOf(orphan, tenant, id, authorityId))
        }
      } catch (error) {
        notes.fail(tenant, title, asK1Error(error))
      }
      return rows
    },
  )
  return answers.flat()
}

function wordsOf(words: readonly string[]): ReadonlySet<string> {
  return new Set(words.map(foldWord).filter(word => word !== ''))
}

function isAmong(words: ReadonlySet<string>, { account }: Orphan): boolean {
  return words.has(foldWord(account.login)) || words.has(foldWord(account.email))
}

async function openPeople({ open, title }: Reachable): Promise<{ people: PeopleAccess; operator: Identity }> {
  const session = await open?.()
  if (!session?.people) throw new K1Error('refused', `${title} cannot list people.`)
  return { people: session.people, operator: await session.check() }
}

/** The id of a system by any of its names: `dpp`, `scim`, `scim:huddle`. */
async function idNamed(context: Context, word: string): Promise<string> {
  const [kind = '', ...name] = word.split(':')
  const { id } = (await systemNamed(context, kind)).about
  return name.length === 0 ? id : `${id}:${name.join(':')}`
}

function notConnected(tenant: string, id: string, title: string): K1Error {
  return new K1Error('not-set-up', `${title} is not connected for ${tenant}.`, {
    hint: `Sign in once: k1ctl connect ${id} --tenant ${quoted(tenant)}`,
    facts: { tenant, system: id },
  })
}

function nothingToCompare(tenant: string): K1Error {
  return new K1Error('not-set-up', `Nothing is connected for ${tenant} that could be compared with the authority.`, {
    hint: `Connect a system: k1ctl connect graphus --tenant ${quoted(tenant)}`,
    facts: { tenant },
  })
}

function painter(style: ChalkInstance): (title: string, text: string) => string {
  return (title, text) => (title === '' ? style.bold(text) : title === 'State' ? style.yellow(text) : text)
}
