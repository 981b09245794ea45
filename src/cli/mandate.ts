import { K1Error } from '../core/errors.ts'
import type { Signed, SignedText } from '../core/team.ts'
import { agreementText, approvedText, type Dated } from '../dated/dated.ts'
import { meantTenants } from '../dated/job.ts'
import type { Context } from './command.ts'

/** The signature of whoever works here, under what they agree to; nothing where nobody has a key. */
export async function agreedBy(
  { app }: Context,
  dated: Parameters<typeof agreementText>[0],
): Promise<{ agreed?: Signed }> {
  const agreed = await (await app.team())?.sign('agreement', agreementText(dated))
  return agreed ? { agreed } : {}
}

/** The same under an approval. */
export async function approvedBy({ app }: Context, dated: Dated): Promise<{ signed?: Signed }> {
  const signed = await (await app.team())?.sign('approval', approvedText(dated))
  return signed ? { signed } : {}
}

/**
 * Before a worker does it: who agreed has a role there now, and who approved it is an approver, and somebody else. What
 * they signed, for the run's consent.
 * @throws K1Error `forbidden`
 */
export async function mandateOf({ app }: Context, dated: Dated): Promise<SignedText[]> {
  const team = await app.team()
  const tenants = meantTenants(dated)
  const text = agreementText(dated)
  const agreed = await team?.signerOf(dated.agreed, 'agreement', text, { role: 'operator', tenants })
  if (!agreed || !dated.agreed) return []
  const mandate: SignedText[] = [{ what: 'agreement', text, ...dated.agreed }]
  const { approval } = dated
  if (!approval?.by) return mandate
  const approved = approvedText(dated)
  const other = await team?.signerOf(approval.signed, 'approval', approved, { role: 'approver', tenants })
  if (other?.key === agreed.key || !approval.signed)
    throw new K1Error('forbidden', `${agreed.name} agreed to it, and cannot approve it. Nothing was changed.`)
  return [...mandate, { what: 'approval', text: approved, ...approval.signed }]
}
