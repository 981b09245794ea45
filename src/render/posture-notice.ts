import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import type { PostureRow } from '../posture/posture-row.ts'
import { stateOrder, stateWords } from './posture-columns.ts'
import { sarifMessageOf } from './posture-sarif.ts'

/** So many deviations are named; the rest is counted. */
const most = 10
const longest = 500

/**
 * What is open, as the message that its receiver takes: Slack's incoming webhooks a `text`, Teams' workflows an Adaptive
 * Card in a message, anything else plain JSON with the same text and the figures.
 */
export function postureNotice(
  host: string,
  rows: readonly PostureRow[],
  open: readonly PostureRow[],
  at: string,
): unknown {
  const counts = Object.fromEntries(
    stateOrder.flatMap(state => {
      const count = rows.filter(row => row.state === state).length
      return count === 0 ? [] : [[state, count]]
    }),
  )
  const tenants = new Set(open.map(({ tenant }) => tenant)).size
  const figures = stateOrder.flatMap(state =>
    counts[state] === undefined ? [] : [`${counts[state]} ${stateWords[state]}`],
  )
  const worst = [...open].sort((one, other) => stateOrder.indexOf(one.state) - stateOrder.indexOf(other.state))
  const lines = [
    `Posture: ${open.length} of ${rows.length} rules are open in ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'} (${figures.join(', ')}).`,
    ...worst.slice(0, most).map(row => `• ${sarifMessageOf(row)}`),
    ...(open.length > most ? [`… and ${open.length - most} more.`] : []),
  ].map(line => shortened(printable(redact(line))))
  const text = lines.join('\n')
  if (/(^|\.)slack\.com$/.test(host)) return { text: escapedForSlack(text) }
  if (teamsHosts.test(host)) return cardOf(lines)
  return { source: 'k1ctl posture check', at, text, rules: rows.length, open: open.length, tenants, counts }
}

/** Teams takes messages of up to 28 KB. */
function shortened(line: string): string {
  return line.length > longest ? `${line.slice(0, longest)}…` : line
}

/** Of its workflows, and of the connectors that they replace. */
const teamsHosts = /(^|\.)(webhook\.office\.com|logic\.azure\.com|powerplatform\.com|powerautomate\.com)$/

/** In Slack these three begin links and calls: a tenant called `<!channel>` would wake everybody. */
function escapedForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** In text runs, which know no Markdown: a name that looks like a link stays a name. */
function cardOf(lines: readonly string[]): unknown {
  const body = lines.map((text, i) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text, ...(i === 0 ? { weight: 'Bolder' } : {}) }],
  }))
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
  }
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  }
}
