import { jsonText } from '../core/json.ts'
import type { CheckedDay } from '../core/past-checks.ts'
import { isUnreadRow, type PostureRow, printedRow } from '../posture/posture-row.ts'
import type { CommandSpec, Context } from './command.ts'
import { giveReport } from './give-report.ts'
import {
  fileOption,
  moduleAbouts,
  onlyModules,
  onlyOption,
  postureOf,
  postureTenants,
  postureTexts,
  tenantsOption,
} from './posture-file.ts'
import { keepCheck, readPostureRows, tasksOf } from './posture-rows.ts'
import { withSessions } from './sessions.ts'

export const reportCommand: CommandSpec = {
  name: 'report',
  summary: 'all tenants against the file, as a page to look at, to filter and to print',
  details:
    'The HTML page needs nothing else: it asks no server and loads nothing. Worst first, with what was read and when.',
  options: [
    fileOption,
    tenantsOption,
    onlyOption,
    { flags: '--format <format>', summary: 'html (default), csv or json', choices: ['html', 'csv', 'json'] },
    { flags: '--to <file>', summary: 'write it into a file' },
  ],
  takes: ['fleet', 'network', 'query'],
  examples: [
    'k1ctl posture report --all-tenants --to posture.html',
    'k1ctl posture report -f posture.yaml --all-tenants --format csv --to posture.csv',
  ],
  run: reportRun,
}

async function reportRun(context: Context): Promise<number> {
  const { words, output } = context
  const texts = await postureTexts(context)
  const posture = await postureOf(context, texts)
  const [tenants, systems] = [await postureTenants(context), await onlyModules(context)]
  const rows = await withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions =>
    readPostureRows(context, await tasksOf(context, sessions, posture, tenants, systems)),
  )
  await keepCheck(context, rows)
  const format = words.text('format') ?? (output.forMachine ? 'json' : 'html')
  const files = texts.map(({ file }) => file)
  await giveReport(context, await rendered(context, rows, files, format), format)
  return rows.some(isUnreadRow) ? 3 : 0
}

async function rendered(
  context: Context,
  rows: readonly PostureRow[],
  files: readonly string[],
  format: string,
): Promise<string> {
  if (format === 'json') return `${jsonText(rows.map(printedRow), 2)}\n`
  if (format === 'csv') {
    const [{ renderRecords }, { postureColumns }] = await Promise.all([
      import('../render/records.ts'),
      import('../render/posture-columns.ts'),
    ])
    return renderRecords({ records: rows.map(printedRow), columns: postureColumns, empty: '' }, 'csv')
  }
  const [{ postureHtml }, { trendOf }, { createHash }] = await Promise.all([
    import('../render/posture-html.ts'),
    import('../posture/trend.ts'),
    import('node:crypto'),
  ])
  const now = context.app.clock.now()
  return postureHtml(rows, {
    at: now.toISOString(),
    trend: trendOf(await pastDays(context), rows, now),
    operator: context.app.operator,
    files,
    titles: Object.fromEntries((await moduleAbouts(context)).map(({ id, title }) => [id, title])),
    sha256: text => createHash('sha256').update(text).digest('base64'),
  })
}

/** None where they cannot be read: `keepCheck` has said why. */
async function pastDays({ app }: Context): Promise<CheckedDay[]> {
  return (await app.pastChecks()).days().catch(() => [])
}
