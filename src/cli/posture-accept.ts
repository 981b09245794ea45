import { K1Error } from '../core/errors.ts'
import { printable } from '../core/printable.ts'
import { isUnreadRow, type PostureRow } from '../posture/posture-row.ts'
import type { FileText } from '../posture-file/posture.ts'
import { stateWords } from '../render/posture-columns.ts'
import type { CommandSpec, Context } from './command.ts'
import { fileOption, modulesOf, postureOf, postureTexts } from './posture-file.ts'
import { readPostureRows, tasksOf } from './posture-rows.ts'
import { withSessions } from './sessions.ts'

export const acceptCommand: CommandSpec = {
  name: 'accept',
  args: '<deviation>',
  summary: 'write into the file that a deviation is accepted, why, by whom and until when',
  details:
    'Accepted is what is found now: when that changes, or after its last day, it is a deviation again. The result stays ' +
    'what it is in check, with the acceptance beside it. Comments in the file are kept.',
  options: [
    fileOption,
    { flags: '--reason <text>', summary: 'why (required)' },
    { flags: '--until <date>', summary: 'its last day: 2027-03-31' },
  ],
  takes: ['network', 'output'],
  examples: [
    "k1ctl posture accept 'Northwind Dental/bms/deprovisioning' --reason 'Migration, see T-1042' --until 2027-03-31",
  ],
  run: acceptRun,
}

async function acceptRun(context: Context): Promise<number> {
  const { app, words, output } = context
  const deviation = words.required(0, 'The deviation')
  const reason = lineOf('--reason', words.text('reason'))
  const until = lastDay(words.text('until'), app.clock.now())
  const texts = await postureTexts(context)
  const row = await rowOf(context, deviation, texts)
  if (row.state !== 'deviates' || row.found === null) throw notToAccept(row)

  const target = fileFor(texts, row)
  const { withAcceptance } = await import('../posture-file/accept.ts')
  const entry = {
    deviation: row.rule.id,
    found: row.found,
    reason,
    by: app.operator,
    since: app.clock.now().toISOString().slice(0, 10),
    ...(until === undefined ? {} : { until }),
  }
  // Into what it says now: somebody else may have written since it was read.
  await app.changeText(target.file, async now => {
    const text = withAcceptance(now, row, entry)
    // What could not be read again is not written.
    const after = texts.map(one => (one === target ? { file: one.file, text } : one))
    const accepted = (await postureOf(context, after)).of(row.tenant).find(one => one.system === row.system)?.accepted
    if (accepted?.some(one => one.rule === entry.deviation && one.found === entry.found)) return text
    throw new K1Error('internal', `The acceptance could not be put into ${target.file}; nothing was written.`)
  })
  if (output.forMachine) output.json({ ...entry, deviation: row.deviation, file: target.file })
  output.say(`Written to ${target.file}: ${row.deviation} may be ${row.found}${until ? ` until ${until}` : ''}.`)
  return 0
}

async function rowOf(context: Context, deviation: string, texts: readonly FileText[]): Promise<PostureRow> {
  const posture = await postureOf(context, texts)
  const config = await context.app.config()
  const tenant = config.tenants().find(({ name }) => deviation.toLowerCase().startsWith(`${name.toLowerCase()}/`))
  const systems = await modulesOf(context)
  const rest = tenant === undefined ? '' : deviation.slice(tenant.name.length + 1)
  const system = systems.find(({ about }) => rest.toLowerCase().startsWith(`${about.id}/`))
  if (!tenant || !system) throw unknown(deviation)
  const rows = await withSessions(context, { useEnvironment: true }, async sessions =>
    readPostureRows(context, await tasksOf(context, sessions, posture, [tenant], [system])),
  )
  const row = rows.find(one => one.deviation.toLowerCase() === deviation.toLowerCase())
  if (row) return row
  const near = await context.app.nearest(
    deviation,
    rows.map(one => one.deviation),
  )
  throw unknown(deviation, near)
}

function unknown(deviation: string, near: readonly string[] = []): K1Error {
  return new K1Error('usage', `The file has no rule ${printable(deviation)}.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.join(', or ')}?`
        : 'Take it as check shows it, TENANT/MODULE/RULE: k1ctl posture check --json',
  })
}

function notToAccept(row: PostureRow): K1Error {
  if (row.state === 'holds') {
    return new K1Error('usage', `${row.deviation} holds: there is nothing to accept.`)
  }
  const hint = row.next ?? 'k1ctl posture check'
  if (isUnreadRow(row)) return row.reason ?? new K1Error('unreachable', `${row.deviation} could not be read.`, { hint })
  return new K1Error('usage', `${row.deviation} is ${stateWords[row.state]}; only what was read can be accepted.`, {
    hint,
  })
}

/** The last file that names the tenant, as it lies over the others; else the last one. */
function fileFor(texts: readonly FileText[], { tenant }: PostureRow): FileText {
  const names = (one: FileText) => one.text.toLowerCase().includes(tenant.toLowerCase())
  const file = texts.findLast(names) ?? texts.at(-1)
  if (file && file.file !== 'stdin') return file
  throw new K1Error('usage', 'An acceptance is written into a file, and stdin is none.', { hint: 'Name it: -f FILE' })
}

function lineOf(option: string, text = ''): string {
  const line = text.trim()
  if (line !== '' && printable(line) === line) return line
  throw new K1Error('usage', line === '' ? `${option} is missing.` : `${option} takes one line of plain text.`, {
    hint: `${option} 'Migration until March, see T-1042'`,
  })
}

/** @throws K1Error `usage` for what is no day, or is over already */
export function lastDay(text: string | undefined, now: Date): string | undefined {
  if (text === undefined) return undefined
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && isoDay(text) === text
  if (isDay && text >= now.toISOString().slice(0, 10)) return text
  throw new K1Error('usage', isDay ? `${text} is over already.` : `--until takes a day, not "${printable(text)}".`, {
    hint: 'As 2027-03-31.',
  })
}

/** `2027-02-30` is none. */
function isoDay(text: string): string | undefined {
  const day = new Date(`${text}T00:00:00Z`)
  return Number.isNaN(day.getTime()) ? undefined : day.toISOString().slice(0, 10)
}
