import { type Attestation, ageOf, isStale } from '../core/attestation.ts'
import { asK1Error, type K1Error } from '../core/errors.ts'
import { featureTitles } from '../core/features.ts'
import { quoted } from '../core/shell.ts'
import { inLanes } from '../engine/lanes.ts'
import { compareRule, type Finding } from './compare.ts'
import { accessOf, type Module } from './goals.ts'
import type { PostureRow, PostureState } from './posture-row.ts'
import { type Acceptance, type ModulePosture, type Rule, wantedText } from './rule.ts'

/** One module of one tenant, and what a file says of it. */
export interface Task {
  module: Module
  posture: ModulePosture
  /** Of this module and tenant. */
  attested: readonly Attestation[]
}

/** Compares every module with what the file says of it, side by side. What is not known is said of each rule. */
export async function checkPosture(
  tasks: readonly Task[],
  concurrency: number,
  now: () => Date,
  /** Whether the modules are asked again afterwards. */
  then: 'leave' | 'stay' = 'leave',
): Promise<PostureRow[]> {
  const rows = await inLanes(tasks, laneOf, concurrency, task =>
    then === 'leave' ? checkAndLeave(task, now) : checkModule(task, now),
  )
  return rows.flat()
}

/** The same, told module by module, in the order of the tasks. What was told is not kept. */
export async function checkPostureInTurn(
  tasks: readonly Task[],
  concurrency: number,
  now: () => Date,
  tell: (rows: readonly PostureRow[]) => void,
): Promise<void> {
  const early = new Map<Task, readonly PostureRow[]>()
  let turn = 0
  await inLanes(tasks, laneOf, concurrency, async task => {
    early.set(task, await checkAndLeave(task, now))
    for (let next = tasks[turn]; next !== undefined; next = tasks[++turn]) {
      const rows = early.get(next)
      if (rows === undefined) break
      early.delete(next)
      tell(rows)
    }
  })
}

function laneOf({ module }: Task): string {
  return `${module.tenant}/${module.about.id}`
}

async function checkAndLeave(task: Task, now: () => Date): Promise<PostureRow[]> {
  const found = await checkModule(task, now)
  await task.module.leave?.()
  return found
}

async function checkModule(task: Task, now: () => Date): Promise<PostureRow[]> {
  const { module, posture } = task
  const { rules } = posture
  if (!module.open) return rules.map(rule => unconnectedRow(task, rule, now()))
  try {
    const access = accessOf(await module.open(), module.about)
    const look = await access.look({
      logIn: rules.some(rule => rule.kind === 'state' && rule.feature === 'log-in'),
      mappings: rules.some(rule => rule.kind === 'group'),
    })
    const readAt = now().toISOString()
    const found = await Promise.all(rules.map(async rule => ({ rule, finding: await compareRule(rule, look, access) })))
    const logInIsOff = look.on['log-in'] === false && !found.some(({ rule }) => rule.id === 'log-in')
    return found.map(({ rule, finding }) => foundRow(task, rule, finding, { readAt, logInIsOff }))
  } catch (thrown) {
    const reason = asK1Error(thrown)
    return rules.map(rule => ({ ...blank(task, rule), ...unreadable(module, reason), reason }))
  }
}

function blank({ module: { tenant, about }, posture }: Task, rule: Rule): PostureRow {
  const known = about.features.find(one => one.feature === rule.feature)
  return {
    deviation: `${tenant}/${about.id}/${rule.id}`,
    tenant,
    system: about.id,
    feature: rule.feature,
    title: known?.title ?? featureTitles[rule.feature],
    state: 'no-answer',
    wanted: wantedText(rule),
    found: null,
    reach: about.reach,
    why: null,
    next: null,
    file: rule.at.file,
    line: rule.at.line,
    readAt: null,
    accepted: shownAcceptance(posture.accepted.find(one => one.rule === rule.id)),
    attested: null,
    rule,
  }
}

function shownAcceptance(one: Acceptance | undefined): PostureRow['accepted'] {
  if (!one) return null
  const { reason, by, since, until, found } = one
  return { reason, by, since, until: until ?? null, found }
}

function foundRow(
  task: Task,
  rule: Rule,
  { holds, found, undeclared, excepted = [] }: Finding,
  { readAt, logInIsOff }: { readAt: string; logInIsOff: boolean },
): PostureRow {
  const { about } = task.module
  const feature = about.features.find(one => one.feature === rule.feature)
  const row = { ...blank(task, rule), readAt, found, reach: feature?.read ?? about.reach }
  if (found === null) {
    return { ...row, state: 'unlicensed', why: `${about.title} shows no such feature for this tenant.` }
  }
  if (holds) {
    const why = row.accepted ? 'It holds; the acceptance is no longer needed.' : null
    return { ...row, state: 'holds', why }
  }
  const accepted = judgeAcceptance(row.accepted, found, readAt)
  if (accepted.state === 'accepted') return { ...row, ...accepted }
  const needsLogIn = logInIsOff && rule.feature !== 'log-in' && (rule.kind !== 'state' || rule.on)
  const why = [
    accepted.why,
    undeclared.length > 0 ? `It would hold if the file also named ${undeclared.join(', ')}.` : null,
    excepted.length > 0 ? `The file does not except ${excepted.join(', ')}: posture apply ends that at once.` : null,
    needsLogIn ? `Log In with KaseyaOne is off, and has to come first: add "log-in: on" under ${about.id}.` : null,
  ].filter(one => one !== null)
  const next =
    undeclared.length > 0
      ? `${rule.at.file}:${rule.at.line}: add ${undeclared.map(quoted).join(', ')}; or k1ctl posture apply`
      : `k1ctl posture apply -f ${quoted(rule.at.file)} --tenant ${quoted(row.tenant)} --only ${about.id}`
  return { ...row, state: 'deviates', why: why.join(' ') || null, next }
}

/** Accepted is what was found then, until its last day; anything else is a deviation again. */
function judgeAcceptance(
  accepted: PostureRow['accepted'],
  found: string,
  now: string,
): { state: PostureState; why: string | null } {
  if (!accepted) return { state: 'deviates', why: null }
  const { reason, until, found: then } = accepted
  if (until !== null && now.slice(0, 10) > until) {
    return { state: 'deviates', why: `It was accepted until ${until} (${reason}); that has ended.` }
  }
  if (then !== found) return { state: 'deviates', why: `Accepted was ${then} (${reason}); it has changed since.` }
  return { state: 'accepted', why: reason }
}

/** Nothing is connected: a module with an API cannot be asked, and of another one a person can tell. */
function unconnectedRow(task: Task, rule: Rule, now: Date): PostureRow {
  const { tenant, about } = task.module
  const row = blank(task, rule)
  if (about.reach === 'api') {
    return { ...row, state: 'not-connected', why: `${about.title} is not connected.`, next: connect(task.module) }
  }
  const said = task.attested.find(one => one.feature === rule.feature)
  const says = said === undefined ? undefined : saidOf(said, rule)
  const next = `k1ctl attest ${quoted(tenant)} ${about.id} ${rule.feature} --posture ${quoted(rule.at.file)}`
  const base = { ...row, reach: 'by-hand' as const, next }
  if (!said || says === undefined) {
    const why = said
      ? 'It was attested before the file wanted this.'
      : 'Nobody can read it, and nobody has attested it.'
    return { ...base, state: 'by-hand', why }
  }
  const { by, at, note, file, sha256 } = said
  const attested = { by, at, days: ageOf(said, now), note, file, sha256 }
  if (says !== row.wanted) return { ...base, state: 'by-hand', why: `Attested was: ${says}.`, attested, found: null }
  if (isStale(said, now)) {
    const ended = said.until !== null && now.toISOString().slice(0, 10) > said.until
    const why = ended ? `The attestation counted until ${said.until}.` : 'The attestation is older than 90 days.'
    return { ...base, state: 'stale', why, attested }
  }
  return { ...base, state: 'attested', why: note, next: null, attested }
}

/** What a person said of the rule; undefined where they did not. */
function saidOf({ state, rules }: Attestation, rule: Rule): string | undefined {
  return rule.kind === 'state' ? (rules[rule.id] ?? state) : rules[rule.id]
}

function unreadable(module: Module, { kind, message, hint, facts }: K1Error): Partial<PostureRow> {
  const why = message
  if (facts.secret === 'locked') return { state: 'locked-secret', why, next: hint ?? null }
  if (kind === 'not-set-up') return { state: 'not-connected', why, next: connect(module) }
  if (kind === 'sign-in') return { state: 'sign-in-refused', why, next: connect(module) }
  // The contract's own word for a tenant that is not there; a bare 404 may be a wrong address.
  if (facts.code === 'not-found') {
    return { state: 'unlicensed', why: `${module.about.title} does not know this tenant: ${message}` }
  }
  return { state: 'no-answer', why, next: hint ?? 'k1ctl doctor' }
}

function connect({ tenant, about }: Module): string {
  return `k1ctl connect ${about.id} --tenant ${quoted(tenant)}`
}
