import type { Attestation } from '../core/attestation.ts'
import { K1Error } from '../core/errors.ts'
import { plan as makePlan, type Plan, toDo } from '../engine/plan.ts'
import type { Task } from '../posture/check.ts'
import type { Module } from '../posture/goals.ts'
import { intentsFor } from '../posture/intents.ts'
import type { Asked } from '../posture/plan-file.ts'
import { plannerFor } from '../posture/planner.ts'
import type { PostureRow } from '../posture/posture-row.ts'
import { concurrency, settleOrStop } from './change.ts'
import type { CommandSpec, Context } from './command.ts'
import {
  fileOption,
  onlyModules,
  onlyOption,
  postureOf,
  postureTenants,
  postureTexts,
  tenantsOption,
} from './posture-file.ts'
import { keepPlan, moduleTitlesIn, planAsKept, readKeptPlan } from './posture-plan.ts'
import { readPostureRows, tasksOf, tellEnded } from './posture-rows.ts'
import { walkByHand } from './posture-walk.ts'
import { withSessions } from './sessions.ts'
import { ifChangedOption } from './settings-approval.ts'
import { spinning } from './spinner.ts'
import { tenantNamed } from './tenant-name.ts'
import { noteWish, ticketNoteOption } from './ticket-note.ts'

export const applyCommand: CommandSpec = {
  name: 'apply',
  summary: 'bring about what the file says, tenant by tenant, each with proof',
  details:
    'One run over all tenants: one that fails stops no other, and k1ctl runs resume goes on. What holds, is accepted or ' +
    'is not mentioned is not touched. What only a person can do is told step by step; exit 3 until it is attested.',
  options: [
    fileOption,
    tenantsOption,
    onlyOption,
    { flags: '--canary <tenant>', summary: 'this tenant first; the others only when nothing failed there' },
    { flags: '--max-tenants <n>', summary: 'refuse, before the first change, to change more tenants than that' },
    { flags: '--ticket <id>', summary: 'the ticket, for the evidence' },
    ticketNoteOption,
    ifChangedOption,
    { flags: '--save-plan <file>', summary: 'keep the plan, change nothing' },
    { flags: '--plan <file>', summary: 'carry out a kept plan; refused when anything is no longer as it was shown' },
  ],
  takes: ['fleet', 'change', 'network', 'output'],
  examples: [
    'k1ctl posture apply -f posture.yaml --dry-run',
    "k1ctl posture apply -f posture.yaml --all-tenants --canary 'Northwind Dental' --max-tenants 50 --yes",
    'k1ctl posture apply -f posture.yaml --all-tenants --save-plan plan.json',
    'k1ctl posture apply --plan plan.json --max-tenants 50 --yes',
    "k1ctl posture apply -f posture.yaml --ticket HR-1042 --ticket-note 'Northwind Dental' --yes",
  ],
  run: applyRun,
}

async function applyRun(context: Context): Promise<number> {
  const { words, output } = context
  if (words.text('plan') !== undefined) return carryOutPlan(context)
  const posture = await postureOf(context, await postureTexts(context))
  const [tenants, systems] = [await postureTenants(context, posture), await onlyModules(context)]
  const canary = await canaryOf(context)
  output.say(output.talk.dim(tenants.length === 1 ? `Tenant: ${tenants[0]?.name}` : `Tenants: ${tenants.length}`))
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const tasks = await tasksOf(context, sessions, posture, tenants, systems)
    const read = await readPostureRows(context, tasks, 'stay')
    const done = await walkByHand(context, tasks, read)
    const rows = read.map(row => (done.some(one => isAbout(one, row)) ? { ...row, state: 'attested' as const } : row))
    if (rows.length === 0) {
      throw new K1Error('usage', 'The file says nothing of what was named.', {
        hint: 'Name other tenants or modules, or look what it says: k1ctl posture check --all',
      })
    }
    tellLeft(context, rows)
    await tellEnded(context, rows)
    const asked = askedOf(tasks, rows)
    if (asked.length === 0) return nothingToDo(context, rows)
    const planners = asked.map(({ module, intents }) => plannerFor(module, ...intents))
    const plan = await spinning(context, `Planning ${planners.length} modules`, () => makePlan(planners, concurrency))
    const file = words.text('savePlan')
    if (file === undefined) return settleWithin(context, plan, canary)
    const code = await settleOrStop(context, plan, await moduleTitlesIn(context, plan), { showOnly: true })
    await keepPlan(context, file, asked, plan, canary)
    return code
  })
}

async function carryOutPlan(context: Context): Promise<number> {
  const kept = await readKeptPlan(context)
  const tenants = [...new Set(kept.modules.map(({ tenant }) => tenant))]
  const found = await Promise.all(tenants.map(name => tenantNamed(context, name)))
  const { output } = context
  output.say(output.talk.dim(found.length === 1 ? `Tenant: ${found[0]?.name}` : `Tenants: ${found.length}`))
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const { plan, canary } = await planAsKept(context, sessions, kept)
    return settleWithin(context, plan, canary)
  })
}

/** Refuses, before anything is changed, to change more tenants than are allowed. */
async function settleWithin(context: Context, plan: Plan, canary: string | undefined): Promise<number> {
  const { words } = context
  const changed = new Set(toDo(plan).map(({ goal }) => goal.tenant)).size
  const most = words.number('maxTenants', { least: 1, most: 1_000_000 })
  if (most !== undefined && changed > most && !words.flag('dryRun')) throw tooMany(changed, most)
  const ticket = words.text('ticket')
  const wish = await noteWish(context, ticket !== undefined)
  const options = ticket === undefined ? {} : { options: { ticket, ...wish } }
  return settleOrStop(context, plan, await moduleTitlesIn(context, plan), {
    ...(canary === undefined ? {} : { canary }),
    ...options,
  })
}

function isAbout(one: Attestation, { tenant, system, feature }: PostureRow): boolean {
  return one.tenant === tenant && one.system === system && one.feature === feature
}

async function canaryOf(context: Context): Promise<string | undefined> {
  const word = context.words.text('canary')
  return word === undefined ? undefined : (await tenantNamed(context, word)).name
}

function askedOf(tasks: readonly Task[], rows: readonly PostureRow[]): (Asked & { module: Module })[] {
  const byModule = new Map<string, PostureRow[]>()
  for (const row of rows) {
    const key = `${row.tenant}\n${row.system}`
    byModule.set(key, [...(byModule.get(key) ?? []), row])
  }
  return tasks.flatMap(({ module }) => {
    const { tenant, about } = module
    const intents = intentsFor(byModule.get(`${tenant}\n${about.id}`) ?? [])
    return intents.length === 0 ? [] : [{ tenant, system: about.id, intents, module }]
  })
}

/** What is left as it is, on purpose. */
function tellLeft({ output }: Context, rows: readonly PostureRow[]): void {
  const holds = rows.filter(({ state }) => state === 'holds' || state === 'attested').length
  const accepted = rows.filter(({ state }) => state === 'accepted').length
  const parts = [`${holds} of ${rows.length} rules hold already.`]
  if (accepted > 0) parts.push(`${accepted} accepted: left as ${accepted === 1 ? 'it is' : 'they are'}.`)
  output.say(output.talk.dim(parts.join(' ')))
}

function nothingToDo({ output }: Context, rows: readonly PostureRow[]): number {
  if (output.forMachine) output.json({ run: null, verdict: 'proved', results: [], unreached: [], rules: rows.length })
  else output.say('Everything that the file says holds. Nothing was changed.')
  return 0
}

function tooMany(changed: number, most: number): K1Error {
  return new K1Error('refused', `This would change ${changed} tenants, more than --max-tenants ${most}.`, {
    hint: 'Nothing was changed. Look with --dry-run, then name fewer tenants or allow more.',
    facts: { tenants: changed, most },
  })
}
