import type { Attestation } from '../core/attestation.ts'
import { printable } from '../core/printable.ts'
import { attestedOf } from '../posture/attested-rules.ts'
import type { Task } from '../posture/check.ts'
import type { PostureRow } from '../posture/posture-row.ts'
import { layout } from '../render/layout.ts'
import { stepsText } from '../render/plan.ts'
import { fileOf } from './attest.ts'
import type { Context } from './command.ts'
import { permit } from './permit.ts'

/** What a person has to do in one module for one feature, and what they want to be true then. */
interface Errand {
  task: Task
  rows: PostureRow[]
}

/**
 * Walks the person at the terminal through what only a person can do: steps, page, "done?", a note or a file. What is
 * done is attested at once, so that a walk that is broken off loses nothing. Answers what was attested.
 */
export async function walkByHand(
  context: Context,
  tasks: readonly Task[],
  rows: readonly PostureRow[],
): Promise<Attestation[]> {
  const errands = errandsOf(tasks, rows)
  const { output, app } = context
  const { words } = context
  const looksOnly = words.flag('dryRun') || words.text('savePlan') !== undefined
  const isAsked = output.canAsk && !looksOnly && !words.flag('yes')
  if (errands.length === 0 || !isAsked) return []
  const prompter = await app.prompter()
  const count = errands.length === 1 ? '1 feature' : `${errands.length} features`
  if (
    !(await prompter.confirm(
      `${count} can only be set by hand. Go through ${errands.length === 1 ? 'it' : 'them'} now?`,
    ))
  ) {
    return []
  }
  const done: Attestation[] = []
  for (const errand of errands) {
    output.say(textOf(errand, context))
    if (!(await prompter.confirm('Done?'))) continue
    done.push(await attest(context, errand))
  }
  return done
}

function errandsOf(tasks: readonly Task[], rows: readonly PostureRow[]): Errand[] {
  const errands = new Map<string, Errand>()
  for (const row of rows.filter(({ state }) => state === 'by-hand' || state === 'stale')) {
    const task = tasks.find(({ module }) => module.tenant === row.tenant && module.about.id === row.system)
    if (!task) continue
    const key = `${row.tenant}\n${row.system}\n${row.feature}`
    errands.set(key, { task, rows: [...(errands.get(key)?.rows ?? []), row] })
  }
  return [...errands.values()]
}

function textOf({ task: { module }, rows }: Errand, { output }: Context): string {
  const [first] = rows
  const known = module.about.features.find(({ feature }) => feature === first?.feature)
  const wanted = rows.map(row => `${row.rule.id}: ${row.wanted}`).join('; ')
  const state = first?.rule.kind === 'state' && !first.rule.on ? 'off' : 'on'
  const steps = (known?.steps ?? []).map(step => step.replaceAll('{state}', state))
  const page = known?.page === undefined ? '' : layout`      ${output.talk.dim(known.page)}\n`
  const head = layout`\n${output.talk.bold(`${module.tenant} · ${module.about.title}`)}: ${wanted}\n`
  return `${head}${stepsText(steps)}${page}`
}

async function attest(context: Context, { task: { module, posture }, rows }: Errand): Promise<Attestation> {
  const { app } = context
  const prompter = await app.prompter()
  const isLine = (text: string) => printable(text) === text || 'One line of plain text.'
  const note = (await prompter.input('A note for the record (may be empty)', { validate: isLine })).trim()
  const path = (await prompter.input('A file that shows it (may be empty)')).trim()
  const attestation: Attestation = {
    tenant: module.tenant,
    system: module.about.id,
    ...attestedOf(rows[0]?.feature ?? 'log-in', posture.rules),
    by: app.operator,
    at: app.clock.now().toISOString(),
    note: note === '' ? null : note,
    ...(await fileOf(context, path === '' ? undefined : path)),
    until: null,
  }
  await permit(context, 'operator', [module.tenant])
  await (await app.attestations()).add(attestation)
  return attestation
}
