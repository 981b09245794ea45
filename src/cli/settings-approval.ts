import { toApproveWords } from '../dated/to-approve.ts'
import type { WantsApproval } from '../posture/approval.ts'
import type { Context, OptionSpec } from './command.ts'

export const ifChangedOption: OptionSpec = {
  flags: '--if-changed <what>',
  summary: 'where somebody else approves it: stop (default), or go, when it is not as it was shown by then',
  choices: ['stop', 'go'],
}

/** @param why what of it, sentences */
export function warnOfApproval({ output }: Context, why: readonly string[]): void {
  output.warn(`${output.talk.yellow('!')} ${toApproveWords(why)}`)
}

/** What the tenants' rules say of Require Log In. */
export async function settingsRules({ app }: Pick<Context, 'app'>): Promise<WantsApproval> {
  const config = await app.config()
  return tenant => config.tenant(tenant)?.approval?.requireLogIn === true
}
