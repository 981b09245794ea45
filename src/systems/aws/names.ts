import type { IamUser } from './iam.ts'
import type { CenterUser } from './identity-center.ts'

/** Names and e-mails are compared so; AWS keeps user names apart without regard to case. */
export function foldName(word: string): string {
  return word.trim().toLowerCase()
}

/** What the IAM user of somebody with this e-mail (or log-in) is called, in lower case. */
export function iamNameFor(word: string, rule: 'email' | 'local-part'): string {
  const folded = foldName(word)
  return rule === 'local-part' ? (folded.split('@')[0] ?? '') : folded
}

/** An e-mail that somebody wrote on the IAM user as a tag; '' where there is none. */
export function taggedEmail({ Tags }: IamUser): string {
  const tag = Tags?.find(({ Key, Value }) => /^(?:e-?mail|mail|owner[-_ ]?e-?mail)$/i.test(Key) && Value.includes('@'))
  return tag?.Value.trim() ?? ''
}

/** E-mail of an IAM user: by its tag, else by its name. */
export function iamEmail(user: IamUser): string {
  return taggedEmail(user) || (user.UserName.includes('@') ? user.UserName : '')
}

/** Of a user of Identity Center: the primary one first. */
export function centerEmails({ Emails, UserName }: CenterUser): string[] {
  const all = [...(Emails ?? [])].sort((a, b) => Number(b.Primary === true) - Number(a.Primary === true))
  const values = all.flatMap(({ Value }) => (Value ? [Value] : []))
  return values.length > 0 || !UserName?.includes('@') ? values : [UserName]
}

export function centerName({ DisplayName, Name, UserName }: CenterUser): string {
  const full = [Name?.GivenName, Name?.FamilyName].filter(Boolean).join(' ')
  return DisplayName || Name?.Formatted || full || UserName || ''
}

/** A tool keeps this user as it was, or makes it anew: the tag or its value names the tool. */
export function ownerByCode({ Tags }: IamUser): string | null {
  const known: [RegExp, string][] = [
    [/terraform|opentofu/i, 'Terraform'],
    [/pulumi/i, 'Pulumi'],
    [/cloudformation/i, 'CloudFormation'],
  ]
  for (const { Key, Value } of Tags ?? []) {
    const isOwner = /manage|owner|creat|provision|source|tool|iac/i.test(Key)
    const found = known.find(([word]) => word.test(Key) || (isOwner && word.test(Value)))
    if (found) return found[1]
  }
  return null
}
