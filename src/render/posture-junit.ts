import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import type { PostureRow } from '../posture/posture-row.ts'
import { sarifMessageOf } from './posture-sarif.ts'

/** JUnit XML, as CI servers read it: a suite a tenant, a case a rule. */
export function postureJunit(rows: readonly PostureRow[]): string {
  const tenants = new Map<string, PostureRow[]>()
  for (const row of rows) tenants.set(row.tenant, [...(tenants.get(row.tenant) ?? []), row])
  const suites = [...tenants].map(([tenant, cases]) => {
    const count = (what: 'failure' | 'error' | 'skipped') => cases.filter(row => elementOf(row) === what).length
    const numbers = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`
    return `  <testsuite name="${xml(tenant)}" ${numbers}>\n${cases.map(caseOf).join('')}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="k1ctl posture">\n${suites.join('')}</testsuites>\n`
}

function caseOf(row: PostureRow): string {
  const name = row.deviation.slice(row.tenant.length + row.system.length + 2)
  const element = elementOf(row)
  const head = `    <testcase classname="${xml(`${row.tenant}.${row.system}`)}" name="${xml(name)}"`
  if (element === null) return `${head}/>\n`
  return `${head}><${element} message="${xml(sarifMessageOf(row))}"/></testcase>\n`
}

function elementOf({ state }: PostureRow): 'failure' | 'error' | 'skipped' | null {
  switch (state) {
    case 'holds':
    case 'attested':
      return null
    case 'accepted':
    case 'unlicensed':
      return 'skipped'
    case 'deviates':
    case 'by-hand':
    case 'stale':
      return 'failure'
    default:
      return 'error'
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

function xml(text: string): string {
  return printable(redact(text)).replace(/[&<>"']/g, letter => entities[letter] ?? letter)
}
