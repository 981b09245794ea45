import { approvalNeeded } from '../offboarding/approval.ts'
import type { OffboardingGround } from '../offboarding/offboard.ts'
import { iterate } from './offboard-ask.ts'
import type { ForApproval } from './offboard-dated.ts'
import type { ListedRow } from './people-columns.ts'

/** The people of a call, and whether somebody else has to approve it. Only where there is a rule they are gathered first. */
export async function withApproval(
  ground: OffboardingGround,
  people: AsyncIterable<ListedRow>,
  atOnce: boolean,
): Promise<{ rows: AsyncIterable<ListedRow>; approval?: ForApproval }> {
  if (ground.tenants.every(({ approval }) => approval === undefined)) return { rows: people }
  const rows: ListedRow[] = []
  for await (const row of people) rows.push(row)
  const why = approvalNeeded(ground.tenants, ground.options, rows.filter(row => 'person' in row).length)
  return { rows: iterate(rows), ...(why.length > 0 ? { approval: { why, atOnce } } : {}) }
}
