import type { ChalkInstance } from 'chalk'
import { quoted } from '../core/shell.ts'
import type { PostureRow } from '../posture/posture-row.ts'
import { layout } from './layout.ts'

/** How the call named its files and tenants, to go on from there. */
export interface CheckCall {
  files: readonly string[]
  /** `--all-tenants`, or the tenants by name. */
  tenants: string
}

/** What to do next over several tenants: one line for all that differ, one for all that a person does, one for the page. */
export function postureStepsText(
  rows: readonly PostureRow[],
  { files, tenants }: CheckCall,
  style: ChalkInstance,
): string {
  const posture = files.map(file => `-f ${quoted(file)}`).join(' ')
  const of = (...states: PostureRow['state'][]) => rows.filter(({ state }) => states.includes(state))
  const [differ, byHand] = [of('deviates'), of('by-hand', 'stale')]
  const steps: string[] = []
  if (differ.length > 0) {
    steps.push(
      `${differ.length} to change in ${tenantsOf(differ)}: k1ctl posture apply ${posture} ${tenants} --dry-run`,
    )
  }
  if (byHand.length > 0) {
    steps.push(
      `${byHand.length} by hand in ${tenantsOf(byHand)}: k1ctl posture apply ${posture} ${tenants} leads through them at a terminal`,
    )
  }
  if (steps.length > 0) steps.push(`As a page: k1ctl posture report ${posture} ${tenants} --to posture.html`)
  return steps.map(step => layout`${style.cyan('→')} ${step}\n`).join('')
}

function tenantsOf(rows: readonly PostureRow[]): string {
  const count = new Set(rows.map(({ tenant }) => tenant)).size
  return count === 1 ? '1 tenant' : `${count} tenants`
}
