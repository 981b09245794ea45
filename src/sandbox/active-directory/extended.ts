import type { Outcome } from './answer.ts'
import type { DomainController } from './controller.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import type { Operation } from './request.ts'
import type { Session } from './session.ts'
import { textOf } from './tree.ts'

export const startTls = '1.3.6.1.4.1.1466.20037'
export const whoAmI = '1.3.6.1.4.1.4203.1.11.3'

/** StartTLS (RFC 4511, 4.14) and "Who am I?" (RFC 4532). */
export function extended(
  { tree, domain }: DomainController,
  session: Session,
  { oid }: Extract<Operation, { kind: 'extended' }>,
): Outcome {
  if (oid === startTls) {
    if (session.secure) throw new LdapFault('operationsError', '00002020: TLS is already established.')
    session.who = null
    return { code: codes.success, startTls: true }
  }
  if (oid !== whoAmI) throw new LdapFault('protocolError', `00002077: No extended operation ${oid}.`)
  const who = session.who === null ? undefined : tree.get(session.who)
  const value = who === undefined ? '' : `u:${domain.netbios}\\${textOf(who, 'sAMAccountName')}`
  return { code: codes.success, value }
}
