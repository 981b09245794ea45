import type { FeatureAccess } from '../core/features.ts'
import { accessOf } from '../posture/goals.ts'
import type { Context } from './command.ts'
import { moduleNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { askTenant } from './tenant-choice.ts'

/**
 * Require Log In is refused where nobody could get in without KaseyaOne. Whoever names nobody is asked at a terminal who
 * keeps a way in; the account of k1ctl, which is no way in for people, is added where it needs to be.
 * @returns users to except, none where nobody has to be
 */
export async function askWayIn(context: Context): Promise<string[]> {
  const { app, output, words } = context
  const isTold = (['except', 'role'] as const).some(name => words.list(name).length > 0)
  if (!output.canAsk || isTold || words.flag('yes') || words.flag('allTenants')) return []
  const system = await moduleNamed(context, words.required(0, 'The module'))
  const tenant = await askTenant(context)
  return withSessions(context, { useEnvironment: true }, async sessions => {
    const { open } = await sessions.module(tenant.name, system)
    if (!open) return []
    const read = await spinning(context, `Reading ${system.about.title}`, async () => {
      const session = await open()
      const access = accessOf(session, system.about)
      return { access, settings: await access.read(), operator: await session.check() }
    })
    const { access, settings, operator } = read
    const { exceptions, alwaysExempt } = settings
    const waysIn = [
      ...exceptions.users.filter(u => u.active),
      ...exceptions.roles,
      ...alwaysExempt.filter(u => u.active),
    ]
    if (settings.on['require-log-in'] || !settings.on['log-in'] || waysIn.length > 0) return []
    const own = system.about.contract ? [] : [operator.email || operator.name]
    const title = system.about.title
    output.say(`If KaseyaOne fails, nobody could log in to ${title}: somebody has to be excepted.`)
    if (own.length > 0) output.say(`${own.join()}, which k1ctl signs in with, is excepted too.`)
    const prompter = await app.prompter()
    for (;;) {
      const user = (await prompter.input(`Who keeps a way in (a break-glass user of ${title}, by e-mail)`)).trim()
      const why = await unfit(user, access, own)
      if (why === undefined) return [user, ...own]
      output.warn(why)
    }
  })
}

/** Why this is nobody who could get in. */
async function unfit(user: string, access: FeatureAccess, own: readonly string[]): Promise<string | undefined> {
  if (user === '') return 'Name somebody, or cancel with Ctrl-C.'
  if (own.some(account => account.toLowerCase() === user.toLowerCase()))
    return 'That is the account of k1ctl: no person gets in with it.'
  const { exact, near } = await access.users(user)
  if (exact.some(u => u.active)) return undefined
  if (exact.length > 0) return `${user} is inactive.`
  const names = near.slice(0, 3).map(u => u.email || u.name)
  return `There is no ${user}.${names.length > 0 ? ` Near: ${names.join(', ')}` : ''}`
}
