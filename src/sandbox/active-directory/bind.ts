import { isEnabled } from './account-control.ts'
import type { Outcome } from './answer.ts'
import type { DomainController } from './controller.ts'
import { passwordDigest } from './domain.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import type { Operation } from './request.ts'
import { mechanisms } from './root-dse.ts'
import type { Session } from './session.ts'
import { isPast } from './time.ts'
import { type Entry, isDeleted, textOf } from './tree.ts'

/** Signing in. Whatever comes of it, who was signed in before is so no longer. */
export function bind(
  controller: DomainController,
  session: Session,
  operation: Extract<Operation, { kind: 'bind' | 'bind-sasl' }>,
): Outcome {
  session.who = null
  if (operation.kind === 'bind-sasl') {
    if (mechanisms.includes(operation.mechanism)) throw refused('57')
    throw new LdapFault('authMethodNotSupported', '00002027: LdapErr: comment: Invalid Authentication method')
  }
  const { name, password } = operation
  // A name without a password is nobody at all, and no error (RFC 4513, 5.1.2).
  if (password.length === 0) return { code: codes.success }
  if (!session.secure) {
    const comment = 'The server requires binds to turn on integrity checking if SSL\\TLS are not already active'
    throw new LdapFault(
      'strongAuthRequired',
      `00002028: LdapErr: DSID-0C09026E, comment: ${comment} on the connection, data 0, v4563`,
    )
  }
  const entry = whoIs(controller, name)
  if (entry?.password === undefined || entry.password !== passwordDigest(password.toString('utf8'))) {
    throw refused('52e')
  }
  // Only to whoever knows the password does it say what is wrong with the account.
  if (!isEnabled(textOf(entry, 'userAccountControl'))) throw refused('533')
  if (isPast(textOf(entry, 'accountExpires') ?? '0', controller.deps.now())) throw refused('701')
  if (textOf(entry, 'pwdLastSet') === '0') throw refused('773')
  if ((textOf(entry, 'lockoutTime') ?? '0') !== '0') throw refused('775')
  session.who = entry.guid
  return { code: codes.success }
}

/** By user principal name (also the one that everybody has unsaid), distinguished name, or `DOMAIN\name`. */
function whoIs({ tree, domain }: DomainController, name: string): Entry | undefined {
  const wanted = name.toLowerCase()
  const accounts = tree.all().filter(entry => !isDeleted(entry))
  const login = (entry: Entry) => textOf(entry, 'sAMAccountName')?.toLowerCase()
  const byName = accounts.find(
    entry =>
      textOf(entry, 'userPrincipalName')?.toLowerCase() === wanted ||
      wanted === `${login(entry)}@${domain.dns}` ||
      wanted === `${domain.netbios.toLowerCase()}\\${login(entry)}`,
  )
  return byName ?? (name.includes('=') ? findQuietly(() => tree.find(name)) : undefined)
}

function findQuietly(find: () => Entry | undefined): Entry | undefined {
  try {
    return find()
  } catch {
    return undefined
  }
}

/** @param data Windows error in hex: 52e wrong name or password, 533 disabled, 701 expired, 773 must change it, 775 locked */
function refused(data: string): LdapFault {
  const comment = `AcceptSecurityContext error, data ${data}`
  return new LdapFault('invalidCredentials', `80090308: LdapErr: DSID-0C0903A9, comment: ${comment}, v4563`)
}
