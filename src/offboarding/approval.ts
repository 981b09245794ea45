import { K1Error } from '../core/errors.ts'
import type { TenantRecord } from '../core/stores.ts'
import type { OffboardOptions } from './options.ts'

/** What of an offboarding needs the approval of somebody else, a sentence each; empty: nothing. */
export function approvalNeeded(
  tenants: readonly TenantRecord[],
  { delete: deletes, devices }: Pick<OffboardOptions, 'delete' | 'devices'>,
  people: number,
): string[] {
  return tenants.flatMap(({ name, approval = {} }) => [
    ...(approval.delete && deletes ? [`${name}: accounts are deleted.`] : []),
    ...(approval.erase && devices === 'erase' ? [`${name}: devices are erased.`] : []),
    ...(approval.people !== undefined && people > approval.people
      ? [`${name}: ${people} people, more than ${approval.people} at once.`]
      : []),
  ])
}

/** Two log-ins of one person on two machines are one person. What the operating system says is all that is known. */
export function isSamePerson(one: string, other: string): boolean {
  const user = (operator: string) => operator.split('@')[0]?.toLowerCase()
  return user(one) === user(other)
}

/**
 * Before anything is done: whatever way led here, what a tenant wants approved was.
 * @throws K1Error `refused`
 */
export function requireApproval(
  { tenants, options }: { tenants: readonly TenantRecord[]; options: OffboardOptions },
  people: number,
): void {
  const why = approvalNeeded(tenants, options, people)
  if (why.length === 0) return
  throw new K1Error('refused', `Somebody else has to approve it: ${why.join(' ')} Nothing was changed.`, {
    hint: 'Give the command without --plan, and have it approved: k1ctl approve',
  })
}
