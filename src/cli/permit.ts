import type { TeamRole } from '../core/team.ts'
import type { Context } from './command.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

/**
 * Before anything is written or sent: whether whoever works here has the role in each of these tenants (without any: in
 * all of them), with their key at hand to sign it. Where one person works alone, they may.
 * @throws K1Error `not-set-up`, `forbidden`
 */
export async function permit(context: Context, role: TeamRole, tenants: readonly string[]): Promise<void> {
  const team = await context.app.team()
  await team?.require(role, tenants)
  await team?.unlock(passphrasePrompt(context))
}
