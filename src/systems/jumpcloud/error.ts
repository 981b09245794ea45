import { isK1Error, K1Error } from '../../core/errors.ts'
import { looksLikeHtml, readMessage } from '../../http/message.ts'

/**
 * What JumpCloud says in its own way; undefined where the transport's reading of the status says as much. The codes of
 * `x-org-id` are those of "Multi-Tenant Portal Headers" in the published contract.
 */
export function readJumpcloudError(status: number, body: unknown): K1Error | undefined {
  const message = readMessage(body)
  const said = message === undefined ? '' : ` It says: ${message}`
  const facts = { status, ...(message === undefined ? {} : { message }) }
  if (status === 403 && typeof body === 'string' && looksLikeHtml(body) && /blocked|abuse/i.test(body)) {
    return new K1Error('forbidden', 'JumpCloud has blocked the address of this machine, because of suspected abuse.', {
      facts,
      hint: 'Ask the support of JumpCloud to let it in again. It is no question of rights.',
    })
  }
  if (status === 401 && /org(?:anization)?[ _-]?id|multi.?tenant/i.test(message ?? '')) {
    return new K1Error('sign-in', `JumpCloud wants to know the organization.${said}`, {
      facts,
      hint: 'This credential sees several: k1ctl tenant import jumpcloud, or connect with --set orgId=ID.',
    })
  }
  if (status === 404 && /organization/i.test(message ?? '')) {
    return new K1Error('not-set-up', `JumpCloud knows no organization with the id of this connection.${said}`, {
      facts: { ...facts, setting: 'orgId' },
      hint: 'Connect again with the right orgId: k1ctl tenant import jumpcloud',
    })
  }
  return undefined
}

/** The status that an answer had, where the failure is an answer. */
export function statusOf(error: unknown): number | undefined {
  if (!isK1Error(error)) return undefined
  const { status } = error.facts
  return typeof status === 'number' ? status : undefined
}

/** There is no such thing, as far as JumpCloud says; a look has to confirm it. */
export function isNotFound(error: unknown): boolean {
  return isK1Error(error) && error.kind === 'rejected' && statusOf(error) === 404
}

/** True for a refusal that says nothing about the next thing of the same kind: that one is tried all the same. */
export function isAboutOne(error: unknown): boolean {
  return isK1Error(error) && ['rejected', 'forbidden', 'conflict'].includes(error.kind)
}
