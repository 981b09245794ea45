import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import type { PostureRow } from '../posture/posture-row.ts'
import { stateOrder, stateWords } from './posture-columns.ts'
import { sarifMessageOf } from './posture-sarif.ts'

/** So many deviations are named; the rest is counted. */
const most = 10

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
  ].map(line => printable(redact(line)))
  const text = lines.join('\n')
  if (/(^|\.)slack\.com$/.test(host)) return { text }
  if (/(^|\.)(webhook\.office\.com|logic\.azure\.com|powerplatform\.com)$/.test(host)) return cardOf(lines)
  return { source: 'k1ctl posture check', at, text, rules: rows.length, open: open.length, tenants, counts }
}

function cardOf(lines: readonly string[]): unknown {
  const body = lines.map((text, i) => ({
    type: 'TextBlock',
    text,
    wrap: true,
    ...(i === 0 ? { weight: 'Bolder' } : {}),
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
