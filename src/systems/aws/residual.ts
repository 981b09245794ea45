import type { SignInReading } from './sign-in-reading.ts'

/** Sessions of permission sets that may be open: nobody can end them from here. */
export function residualOf({ identityCenter }: SignInReading): string[] {
  if (!identityCenter || 'gone' in identityCenter) return []
  const sets = new Map((identityCenter.assignments ?? []).map(one => [one.permissionSetArn, one]))
  return [...sets.values()].map(
    ({ permissionSet, session }) =>
      `Sessions of the permission set ${permissionSet} that are open may go on for ${durationWords(session ?? '')}.`,
  )
}

/** `PT8H` as "8 hours". */
function durationWords(iso: string): string {
  const [, hours = '0', minutes = '0'] = /^PT(?:(\d+)H)?(?:(\d+)M)?/.exec(iso) ?? []
  const total = Number(hours) * 60 + Number(minutes)
  if (total === 0) return 'up to 12 hours'
  if (total === 60) return 'up to 1 hour'
  return total % 60 === 0 ? `up to ${total / 60} hours` : `up to ${total} minutes`
}
