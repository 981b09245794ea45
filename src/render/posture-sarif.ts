import { jsonText } from '../core/json.ts'
import type { PostureRow, PostureState } from '../posture/posture-row.ts'
import { stateWords } from './posture-columns.ts'

const levels: Record<PostureState, 'error' | 'warning' | 'note' | 'none'> = {
  deviates: 'error',
  'no-answer': 'warning',
  'sign-in-refused': 'warning',
  'locked-secret': 'warning',
  'not-connected': 'warning',
  'by-hand': 'warning',
  stale: 'warning',
  unlicensed: 'note',
  accepted: 'note',
  attested: 'none',
  holds: 'none',
}

/** SARIF 2.1.0, as code hosts read it: each deviation at the line of the file that wants it otherwise. */
export function postureSarif(rows: readonly PostureRow[], version: string): string {
  const features = [...new Set(rows.map(row => row.feature))]
  const results = rows.map(row => ({
    ruleId: row.feature,
    level: levels[row.state],
    message: { text: sarifMessageOf(row) },
    ...(row.file === null ? {} : { locations: [locationOf(row.file, row.line ?? 1)] }),
    partialFingerprints: { 'deviation/v1': row.deviation },
    ...(row.state === 'accepted' && row.accepted
      ? { suppressions: [{ kind: 'external', status: 'accepted', justification: row.accepted.reason }] }
      : {}),
  }))
  const rules = features.map(id => ({ id, shortDescription: { text: id } }))
  return `${jsonText(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'k1ctl', version, rules } }, results }],
    },
    2,
  )}\n`
}

function locationOf(file: string, line: number) {
  return { physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: line } } }
}

export function sarifMessageOf({ deviation, state, wanted, found, why }: PostureRow): string {
  const values = found === null ? `wanted is ${wanted}` : `found ${found}, wanted is ${wanted}`
  return `${deviation}: ${stateWords[state]}, ${values}.${why === null ? '' : ` ${why}`}`
}
