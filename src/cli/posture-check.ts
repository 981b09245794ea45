import { asK1Error, K1Error } from '../core/errors.ts'
import { jsonText } from '../core/json.ts'
import { quoted } from '../core/shell.ts'
import type { TenantRecord } from '../core/stores.ts'
import type { Task } from '../posture/check.ts'
import { isOpenRow, isUnreadRow, type PostureRow, printedRow, type RowMark } from '../posture/posture-row.ts'
import { postureText, summaryText } from '../render/posture.ts'
import { postureColumns } from '../render/posture-columns.ts'
import { type CheckCall, postureStepsText } from '../render/posture-steps.ts'
import { renderRecords } from '../render/records.ts'
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
import { keepCheck, readPostureRows, streamPostureRows, tasksOf, tellEnded } from './posture-rows.ts'
import { httpOptions, withSessions } from './sessions.ts'

const formats = ['table', 'json', 'ndjson', 'csv', 'sarif', 'junit'] as const

export const checkCommand: CommandSpec = {
  name: 'check',
  summary: 'what differs from the file, by tenant, system and feature',
  details:
    'Reads, and changes nothing. Exit 3 when something that is connected did not tell; with --exit-code 5 when anything ' +
    'differs or is left to a person.\n' +
    'What is not known has a word of its own: unlicensed (the tenant has no such thing), not connected (no connection), ' +
    'locked secret (it cannot be opened here), no answer (the module did not tell).',
  options: [
    fileOption,
    tenantsOption,
    onlyOption,
    { flags: '--all', summary: 'also what holds' },
    { flags: '--exit-code', summary: 'exit 5 when anything differs or is left to a person' },
    {
      flags: '--notify <url>',
      summary: 'when anything is open, post a summary there: Teams, Slack or plain JSON (or K1CTL_NOTIFY)',
    },
    { flags: '--format <format>', summary: formats.join(', '), choices: formats },
  ],
  takes: ['fleet', 'network', 'output'],
  examples: [
    'k1ctl posture check --all-tenants',
    'k1ctl posture export --all-tenants | k1ctl posture check -f - --all-tenants',
    'k1ctl posture check -f posture.yaml -f eu.yaml --all-tenants --exit-code --format sarif > posture.sarif',
  ],
  run: checkRun,
}

async function checkRun(context: Context): Promise<number> {
  const { words, output } = context
  const texts = await postureTexts(context)
  const posture = await postureOf(context, texts)
  const [tenants, systems] = [await postureTenants(context, posture), await onlyModules(context)]
  const format = formatOf(context)
  // Whoever is told by --notify gets all that is open, and a filter goes over all of it.
  const inTurn = format === 'ndjson' && !output.isFiltered && noticeAddress(context) === undefined
  const read = <R>(reading: (tasks: readonly Task[]) => Promise<R>): Promise<R> =>
    withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions =>
      reading(await tasksOf(context, sessions, posture, tenants, systems)),
    )
  if (inTurn) return end(context, await read(tasks => printInTurn(context, tasks)), tenants)
  const rows = await read(tasks => readPostureRows(context, tasks))
  const names = tenants.map(({ name }) => `--tenant ${quoted(name)}`).join(' ')
  const call = {
    files: texts.map(({ file }) => (file === 'stdin' ? '-' : file)),
    tenants: words.flag('allTenants') ? '--all-tenants' : names,
  }
  await show(context, rows, format, call)
  const code = await end(context, rows, tenants)
  return (await notify(context, rows)) ? code : 3
}

/** What is said and kept of a check once its rows are printed; answers the exit code. */
async function end(context: Context, rows: readonly RowMark[], tenants: readonly TenantRecord[]): Promise<number> {
  const { words, output } = context
  await tellEnded(context, rows)
  await keepCheck(context, rows)
  if (rows.length === 0) output.warn(`The file says nothing of ${tenants.length === 1 ? tenants[0]?.name : 'them'}.`)
  if (rows.some(isUnreadRow)) return 3
  return words.flag('exitCode') && rows.some(isOpenRow) ? 5 : 0
}

/** So many characters are printed at once: a write costs more than a row. */
const piece = 32_768

async function printInTurn(context: Context, tasks: readonly Task[]): Promise<RowMark[]> {
  const { words, output } = context
  let text = ''
  const marks = await streamPostureRows(context, tasks, rows => {
    for (const row of rows) if (words.flag('all') || row.state !== 'holds') text += `${jsonText(printedRow(row))}\n`
    if (text.length < piece) return
    output.machine(text)
    text = ''
  })
  output.machine(text)
  return marks
}

function noticeAddress({ app, words }: Context): string | undefined {
  return words.text('notify') ?? (app.env.K1CTL_NOTIFY || undefined)
}

/** Answers false when it could not be said: a watch that nobody hears is none. */
async function notify(context: Context, rows: readonly PostureRow[]): Promise<boolean> {
  const { app, output } = context
  const address = noticeAddress(context)
  const open = rows.filter(isOpenRow)
  if (address === undefined || open.length === 0) return true
  const { postureNotice } = await import('../render/posture-notice.ts')
  const host = URL.canParse(address) ? new URL(address).hostname : ''
  try {
    await app.post(address, postureNotice(host, rows, open, app.clock.now().toISOString()), httpOptions(context))
    return true
  } catch (thrown) {
    const { kind, message } = asK1Error(thrown)
    if (kind === 'cancelled' || kind === 'usage') throw thrown
    output.warn(`! The summary could not be posted: ${message}`)
    return false
  }
}

type Format = (typeof formats)[number]

function formatOf({ words, output }: Context): Format {
  const named = formats.find(format => format === words.text('format'))
  if (words.flag('json') && named !== undefined && named !== 'json') {
    throw new K1Error('usage', `--json and --format ${named} contradict each other.`)
  }
  return named ?? (output.forMachine ? 'json' : 'table')
}

async function show(
  { app, words, output }: Context,
  rows: readonly PostureRow[],
  format: Format,
  call: CheckCall,
): Promise<void> {
  const shown = words.flag('all') ? rows : rows.filter(row => row.state !== 'holds')
  switch (format) {
    case 'table':
      await output.show(postureText(shown, output.data))
      output.say(summaryText(rows, output.talk))
      if (new Set(shown.map(({ tenant }) => tenant)).size > 1) {
        const steps = postureStepsText(rows, call, output.talk).trimEnd()
        if (steps !== '') output.say(steps)
      }
      return
    case 'sarif':
      output.machine((await import('../render/posture-sarif.ts')).postureSarif(shown, app.version))
      return
    case 'junit':
      // A test that passed is told, too.
      output.document((await import('../render/posture-junit.ts')).postureJunit(rows))
      return
    default: {
      const records = shown.map(printedRow)
      const text = await renderRecords({ records, columns: postureColumns, empty: '' }, format)
      if (format === 'csv') output.document(text)
      else output.machine(text)
    }
  }
}
