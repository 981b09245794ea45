import { K1Error } from '../core/errors.ts'
import { hasRole } from '../core/team.ts'
import { type Dated, isOffboardingDate, nextStep } from '../dated/dated.ts'
import { aboutText, meantModules, meantPeople, meantTenants } from '../dated/job.ts'
import { isSamePerson } from '../offboarding/approval.ts'
import type { App } from './app.ts'
import type { CommandSpec, Context } from './command.ts'
import { type HeldEntry, holdEntry, type ReadEntry, readEntries } from './dated-entry.ts'
import { doOne } from './dated-run.ts'
import { giveState } from './dated-said.ts'
import { showDated } from './dated-show.ts'
import { approvedBy } from './mandate.ts'
import { permit } from './permit.ts'

export const approveCommand: CommandSpec = {
  name: 'approve',
  args: '[id]',
  summary: 'approve, or refuse, what somebody else asked for',
  details:
    'Without an id: what waits for somebody; last is the newest that does. What needs an approval is said for each tenant (k1ctl tenant approval). Whoever ' +
    'asked for it cannot approve it. What has no date is done at once, as it was shown; else at its time.',
  options: [
    { flags: '-y, --yes', summary: 'approve without being asked' },
    { flags: '--refuse', summary: 'it is not done' },
    { flags: '--reason <text>', summary: 'why, for whoever asked' },
  ],
  takes: ['network', 'list'],
  examples: ['k1ctl approve', 'k1ctl approve last --yes', "k1ctl approve last --refuse --reason 'she stays'"],
  async run(context) {
    const { app, words } = context
    const word = words.arg(0)
    if (word === undefined) {
      if (words.flag('yes') || words.flag('refuse') || words.text('reason') !== undefined) throw nameOne()
      return listOpen(context)
    }
    const id = word === 'last' ? await newestOpen(app) : await (await app.diary()).find(word)
    return holdEntry(app, id, entry => decide(context, entry))
  },
}

function nameOne(): K1Error {
  return new K1Error('usage', 'Name the one that is approved, or refused.', {
    hint: 'Look what waits: k1ctl approve. The newest: k1ctl approve last',
  })
}

/** The newest that waits for an approval; where none does, one of which nobody can tell. @throws K1Error `usage` */
async function newestOpen(app: App): Promise<string> {
  const all = await readEntries(app)
  const madeAt = ({ dated }: ReadEntry) => dated?.history[0]?.at ?? ''
  const open = all.filter(({ dated }) => dated?.state === 'to-approve')
  const newest = open.sort((a, b) => madeAt(a).localeCompare(madeAt(b))).at(-1)
  const found = newest ?? all.find(({ error }) => error !== undefined)
  if (found) return found.id
  throw new K1Error('usage', nothingOpen, { hint: 'What has a date, and what became of it: k1ctl schedule list --all' })
}

const nothingOpen = 'Nothing waits for an approval.'

async function listOpen({ app, output }: Context): Promise<number> {
  const all = await readEntries(app)
  const rows = all.flatMap(({ id, dated }) => {
    if (dated?.state !== 'to-approve') return []
    const { operator, due, approval } = dated
    const about = { people: meantPeople(dated).map(({ person }) => person), modules: meantModules(dated) }
    const row = { id, operator, due: approval?.atOnce ? null : due, ...about, why: approval?.why ?? [] }
    return [{ ...row, what: aboutText(dated) }]
  })
  await output.records(
    rows,
    [
      { title: 'Id', cell: r => r.id },
      { title: 'Asked by', cell: r => r.operator },
      { title: 'When', cell: r => r.due ?? 'at once' },
      { title: 'What', cell: r => r.what },
      { title: 'Why', cell: r => r.why.join(' ') },
    ],
    nothingOpen,
  )
  // Whether it waits for one, nobody can tell.
  const unread = all.flatMap(({ error }) => error ?? [])
  for (const { message } of unread) output.warn(`${output.talk.yellow('warning:')} ${message}`)
  return unread.length > 0 ? 3 : 0
}

async function decide(context: Context, entry: HeldEntry): Promise<number> {
  const { app, words, output } = context
  const { id, dated } = entry
  if (dated.state !== 'to-approve' || !dated.approval) {
    throw new K1Error('refused', `${id} is ${dated.state}: nobody has to approve it.`, {
      hint: `k1ctl schedule show ${id}`,
    })
  }
  const because = words.text('reason')
  const note = because === undefined ? '' : `: ${because}`
  await permit(context, 'approver', meantTenants(dated))
  if (words.flag('refuse')) {
    await entry.change({ state: 'cancelled', why: `Refused by ${app.operator}${note}` }, `refused${note}`)
    output.say(`${id} is refused. Nothing was changed.`)
    giveState(context, entry)
    return 0
  }
  const me = await (await app.team())?.me()
  // Where somebody signed it, their key says who asked; one name on two machines may be two people.
  const isMine = me && dated.agreed ? me.key === dated.agreed.key : isSamePerson(dated.operator, app.operator)
  if (isMine) throw ownWish(me?.name ?? app.operator, id)
  if (!words.flag('yes')) await ask(context, entry)
  const now = app.clock.now()
  const asked = dated.approval.atOnce ? dated.approval : { ...dated.approval, due: dated.due }
  const signed = await approvedBy(context, { ...dated, approval: asked })
  const approval = { ...asked, by: app.operator, at: now.toISOString(), ...signed }
  const due = approval.atOnce ? now.toISOString() : dated.due
  await entry.change({ state: 'waiting', why: null, due, approval }, `approved${note}`)
  if (nextStep(entry.dated, now) !== 'nothing') {
    if (await mayDo(context, meantTenants(dated))) return doOne(context, entry)
    output.say(`${id} is approved. Whoever may do it does: k1ctl worker --once`)
    giveState(context, entry)
    return 0
  }
  output.say(`${id} is approved, and waits for its time: k1ctl schedule show ${id}`)
  giveState(context, entry)
  return 0
}

/** An approver need not be an operator: then they approve, and somebody else does it. */
async function mayDo({ app }: Context, tenants: readonly string[]): Promise<boolean> {
  const me = await (await app.team())?.me()
  return me === undefined || hasRole(me, 'operator', tenants)
}

function ownWish(who: string, id: string): K1Error {
  return new K1Error('refused', `${who} asked for ${id}, and cannot approve it.`, {
    hint: 'Somebody else has to, as themselves.',
  })
}

async function ask(context: Context, { id, dated }: HeldEntry): Promise<void> {
  const { app, output } = context
  if (!output.canAsk) {
    throw new K1Error('unattended', 'An approval is asked for, and nobody can be asked.', {
      hint: `Look first: k1ctl schedule show ${id}. Then: k1ctl approve ${id} --yes`,
    })
  }
  await showDated(context, id, dated)
  if (await (await app.prompter()).confirm(`${dated.operator} asks for it. ${questionOf(dated)}`)) return
  throw new K1Error('cancelled', 'Nothing was changed; it still waits for an approval.')
}

function questionOf(dated: Dated): string {
  if (!isOffboardingDate(dated)) return `Change the ${aboutText(dated)}?`
  const people = meantPeople(dated)
  const who = people.length === 1 ? people[0]?.person : `these ${people.length} people`
  return `${dated.plan.options.delete ? 'Offboard and DELETE' : 'Offboard'} ${who}?`
}
