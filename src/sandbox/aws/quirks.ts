import type { Quirk } from '../simulator.ts'
import { AwsError } from './aws-error.ts'

/** How AWS misbehaves, each as documented or reported: all off until `POST control/quirks {name: true}`. */
export const quirks = [
  {
    name: 'eventualConsistency',
    source:
      'docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency',
    what: 'For four seconds after a write to IAM, its reads show what was before.',
  },
  {
    name: 'throttling',
    source: 'docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, ThrottlingException',
    what: 'Every third call is refused as one too many, without a time to wait.',
  },
  {
    name: 'assignmentConflicts',
    source: 'github.com/aws-samples/iam-identity-center-team/pull/515',
    what: 'Every second request for an account assignment meets one that is under way.',
  },
  {
    name: 'unmodifiableForNow',
    source: 'docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteLoginProfile.html, EntityTemporarilyUnmodifiable',
    what: 'The console password cannot be deleted at the first attempt.',
  },
] as const satisfies readonly Quirk[]

export type QuirkName = (typeof quirks)[number]['name']

/** What is on, and how often it was met. */
export type Quirks = Map<QuirkName, number>

/** @throws Error that names the wrong one: a misspelt quirk must not pass unnoticed */
export function setQuirks(on: Quirks, wanted: Iterable<[string, unknown]>): void {
  for (const [name, value] of wanted) {
    const known = quirks.find(quirk => quirk.name === name)
    if (known === undefined) throw new Error(`There is no quirk ${name}, only ${quirks.map(q => q.name).join(', ')}.`)
    if (value === true) on.set(known.name, 0)
    else on.delete(known.name)
  }
}

/** @throws AwsError when a quirk refuses this action now */
export function refuseByQuirk(on: Quirks, action: string, protocol: 'query' | 'json'): void {
  if (isDue(on, 'throttling', 3)) {
    throw new AwsError(protocol === 'query' ? 'Throttling' : 'ThrottlingException', 'Rate exceeded')
  }
  if (/^(Create|Delete)AccountAssignment$/.test(action) && isDue(on, 'assignmentConflicts', 2)) {
    throw new AwsError('ConflictException', 'A conflicting operation is in progress.')
  }
  if (action === 'DeleteLoginProfile' && isDue(on, 'unmodifiableForNow', 2)) {
    throw new AwsError('EntityTemporarilyUnmodifiable', 'The login profile was just made. Try again in a while.')
  }
}

/** The first, and then one of so many. */
function isDue(on: Quirks, name: QuirkName, every: number): boolean {
  const times = on.get(name)
  if (times === undefined) return false
  on.set(name, times + 1)
  return times % every === 0
}
