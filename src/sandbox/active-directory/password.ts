import type { DomainController } from './controller.ts'
import { passwordDigest } from './domain.ts'
import { LdapFault } from './ldap-fault.ts'
import type { Change } from './request.ts'
import { fileTime } from './time.ts'
import { type Entry, hasClass, setTexts } from './tree.ts'

const shortest = 7

/**
 * `unicodePwd` (MS-ADTS 3.1.1.3.1.5.1): one replace is an administrator's reset; one delete with the old and one add with
 * the new password is a person changing their own. Without changes nothing is done.
 */
export function changePassword(
  controller: DomainController,
  who: Entry,
  draft: Entry,
  changes: readonly Change[],
): void {
  const [first, second] = changes
  if (first === undefined) return
  const isReset = first.operation === 'replace' && second === undefined
  const isChange = first.operation === 'delete' && second?.operation === 'add' && changes.length === 2
  if (isReset && !controller.access.allows(who, 'reset-password', draft)) {
    const problem = 'problem 4003 (INSUFF_ACCESS_RIGHTS), data 0'
    throw new LdapFault('insufficientAccessRights', `00000005: SecErr: DSID-031A11E5, ${problem}`)
  }
  if (!hasClass(draft, 'user') || !(isReset || isChange)) throw unwilling()
  if (isChange && draft.password !== passwordDigest(readPassword(first))) {
    throw new LdapFault('constraintViolation', '00000056: AtrErr: DSID-03191083, problem 1005 (CONSTRAINT_ATT_TYPE)')
  }
  const password = readPassword(isReset ? first : second)
  if (isWeak(password)) {
    throw new LdapFault('constraintViolation', '0000052D: AtrErr: DSID-03191083, problem 1005 (CONSTRAINT_ATT_TYPE)')
  }
  draft.password = passwordDigest(password)
  setTexts(draft, 'pwdLastSet', fileTime(controller.deps.now()))
}

/** In UTF-16, with a quotation mark on each side. */
function readPassword(change: Change | undefined): string {
  const [value, more] = change?.values ?? []
  const text = value === undefined || value.length % 2 === 1 ? '' : value.toString('utf16le')
  if (more !== undefined || text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) throw unwilling()
  return text.slice(1, -1)
}

/** The default policy: seven characters, of three kinds. */
function isWeak(password: string): boolean {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /\d/, /[^\p{L}\d]/u].filter(kind => kind.test(password))
  return password.length < shortest || kinds.length < 3
}

function unwilling(): LdapFault {
  return new LdapFault('unwillingToPerform', '0000001F: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0')
}
