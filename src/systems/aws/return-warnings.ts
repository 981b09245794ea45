import type { IamUser } from './iam.ts'
import type { CenterUser } from './identity-center.ts'
import { ownerByCode } from './names.ts'

/** A tool keeps the IAM user, or another directory the one of Identity Center: then it comes back. */
export function returnWarnings(
  iam: { user: string; keptBy?: string | undefined } | undefined,
  center: { provisioned?: boolean | undefined } | undefined,
): string[] {
  return [
    ...(iam?.keptBy === undefined
      ? []
      : [`The IAM user ${iam.user} is kept by ${iam.keptBy}: take it out there too, or the next run brings it back.`]),
    ...(center?.provisioned
      ? ['The Identity Center user is provisioned from another directory: it comes back unless it is removed there.']
      : []),
  ]
}

export function keptByIn(user: IamUser): { keptBy?: string } {
  const keptBy = ownerByCode(user)
  return keptBy === null ? {} : { keptBy }
}

export function isProvisioned({ ExternalIds }: CenterUser): boolean {
  return (ExternalIds ?? []).length > 0
}
