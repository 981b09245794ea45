import { evidenceOf } from '../offboarding/evidence.ts'
import type { Evidence } from '../offboarding/evidence-shape.ts'
import type { Context } from './command.ts'

export async function reportRun({ app, words, output }: Context): Promise<number> {
  const reading = await (await app.ledger()).read(words.required(0, 'The run'))
  const evidence = evidenceOf(
    reading,
    (await app.systems()).all.map(s => s.about),
  )
  const text = await rendered(evidence, words.text('format') ?? 'md')
  const file = words.text('to')
  if (file === undefined) output.document(text)
  else {
    await app.writeText(file, text)
    output.say(`Written to ${file}.`)
  }
  return reading.chain.state === 'altered' ? 3 : 0
}

async function rendered(evidence: Evidence, format: string): Promise<string> {
  if (format === 'html') return (await import('../render/evidence-html.ts')).evidenceHtml(evidence)
  if (format === 'json') return (await import('../render/evidence-json.ts')).evidenceJson(evidence)
  return (await import('../render/evidence-markdown.ts')).evidenceMarkdown(evidence)
}
