import { evidenceOf } from '../offboarding/evidence.ts'
import type { Evidence } from '../offboarding/evidence-shape.ts'
import type { Context } from './command.ts'
import { giveReport } from './give-report.ts'
import { trustIn } from './run-trust.ts'

export async function reportRun(context: Context): Promise<number> {
  const { app, words, output } = context
  const reading = await (await app.ledger()).read(words.required(0, 'The run'))
  const { isGood, words: said } = await trustIn(app, reading)
  const systems = (await app.systems()).all.map(s => s.about)
  const evidence = evidenceOf(reading, systems, isGood || reading.chain.state === 'altered' ? null : said)
  const format = words.text('format') ?? (output.forMachine ? 'json' : 'md')
  await giveReport(context, await rendered(evidence, format), format)
  return isGood ? 0 : 3
}

async function rendered(evidence: Evidence, format: string): Promise<string> {
  if (format === 'html') return (await import('../render/evidence-html.ts')).evidenceHtml(evidence)
  if (format === 'json') return (await import('../render/evidence-json.ts')).evidenceJson(evidence)
  return (await import('../render/evidence-markdown.ts')).evidenceMarkdown(evidence)
}
