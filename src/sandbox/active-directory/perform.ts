import type { Outcome } from './answer.ts'
import { BerError } from './ber.ts'
import { bind } from './bind.ts'
import type { DomainController } from './controller.ts'
import { type Control, supportedControls } from './controls.ts'
import { deleteEntry } from './delete-entry.ts'
import { extended } from './extended.ts'
import { codes, LdapFault } from './ldap-fault.ts'
import { controllerOf, rememberBefore } from './misbehave.ts'
import { modify } from './modify.ts'
import { moveEntry } from './move-entry.ts'
import type { Operation } from './request.ts'
import { search } from './search.ts'
import type { Session } from './session.ts'

/** Carries it out, or says why not; nothing of what fails is kept. */
export function perform(
  controller: DomainController,
  session: Session,
  operation: Operation,
  controls: readonly Control[],
): Outcome {
  try {
    const unknown = controls.find(({ oid, critical }) => critical && !supportedControls.includes(oid))
    if (unknown) throw new LdapFault('unavailableCriticalExtension', `00002040: SvcErr: no control ${unknown.oid}`)
    if (['modify', 'modify-dn', 'delete'].includes(operation.kind)) rememberBefore(controller)
    return carryOut(controller, session, operation, controls)
  } catch (error) {
    if (error instanceof BerError) return { code: codes.protocolError, message: error.message }
    if (!(error instanceof LdapFault)) throw error
    return { code: error.code, message: error.message, matchedDn: error.matchedDn }
  }
}

function carryOut(
  controller: DomainController,
  session: Session,
  operation: Operation,
  controls: readonly Control[],
): Outcome {
  switch (operation.kind) {
    case 'bind':
    case 'bind-sasl':
      return bind(controller, session, operation)
    case 'search':
      return search(controllerOf(controller), session, operation, controls)
    case 'modify':
      return modify(controller, session, operation, controls)
    case 'modify-dn':
      return moveEntry(controller, session, operation)
    case 'delete':
      return deleteEntry(controller, session, operation, controls)
    case 'extended':
      return extended(controller, session, operation)
    default:
      controller.signedIn(session)
      // Accounts are made elsewhere; an offboarding adds nothing.
      return { code: codes.unwillingToPerform, message: '00002035: This domain controller does not do that.' }
  }
}
