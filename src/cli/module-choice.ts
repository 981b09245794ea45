import { K1Error } from '../core/errors.ts'
import type { FeatureKey } from '../core/features.ts'
import type { AskChoice } from '../core/ports.ts'
import type { Context } from './command.ts'
import { withModule } from './show.ts'
import { askTenant } from './tenant-choice.ts'

/** The module of this call: the one that is named, else at a terminal one that has the feature. @throws K1Error `usage` */
export async function chooseModule(context: Context, feature: FeatureKey): Promise<string> {
  const { app, words, output } = context
  const named = words.arg(0)
  if (named !== undefined) return named
  const modules = (await app.systems()).all.filter(
    s => s.about.isModule && s.about.features.some(f => f.feature === feature && f.supported),
  )
  if (!output.canAsk || words.flag('allTenants')) {
    throw new K1Error('usage', 'No module is named.', { hint: `Name one: ${modules.map(s => s.about.id).join(', ')}` })
  }
  const tenant = await askTenant(context)
  const connected = new Set((await app.config()).connections(tenant.name).map(c => c.system))
  return (await app.prompter()).choose(
    `Which module of ${tenant.name}?`,
    modules.map(({ about }) => ({
      value: about.id,
      name: about.title,
      description: connected.has(about.id) ? about.id : `${about.id}, not connected`,
    })),
  )
}

/** Somebody to except, looked up in the module by a part of their name. Answers an e-mail or a log-in. */
export async function chooseException(context: Context, module: string): Promise<string> {
  const prompter = await context.app.prompter()
  return withModule(
    context,
    'require-log-in',
    async access => {
      const { exceptions } = await access.read()
      for (;;) {
        const text = await prompter.input('Who may still log in? (e-mail, log-in, or a part)', {
          validate: typed => typed.trim() !== '' || 'Esc cancels.',
        })
        const { exact, near } = await access.users(text.trim())
        const found = [...new Map([...exact, ...near].map(user => [user.id, user])).values()]
        if (found.length === 0) {
          context.output.warn(`Nobody is like "${text.trim()}".`)
          continue
        }
        return prompter.choose(
          'Who?',
          found.map(user => ({
            value: user.email || user.name,
            name: user.name,
            description: [user.email, user.active ? '' : 'inactive', exceptedWord(user.id)].filter(Boolean).join(' · '),
          })),
        )
      }

      function exceptedWord(id: string): string {
        return exceptions.users.some(u => u.id === id) ? 'excepted already' : ''
      }
    },
    module,
  )
}

/** A KaseyaOne group and the roles that it is to give, each picked from what there is. */
export async function chooseMapping(
  context: Context,
  module: string,
  given: { group: string | undefined; roles: readonly string[] },
): Promise<{ group: string; roles: readonly string[] }> {
  const prompter = await context.app.prompter()
  return withModule(
    context,
    'access-groups',
    async access => {
      const [reading, groups, all] = await Promise.all([access.read(), access.groups(), access.roles()])
      const rolesOf = (id: string) => reading.mappings.find(m => m.group.id === id)?.roles ?? []
      const group =
        groups.find(g => g.id === given.group || g.name.toLowerCase() === given.group?.toLowerCase()) ??
        (given.group === undefined
          ? await prompter.choose(
              'Which KaseyaOne group?',
              groups.map(g => ({
                value: g,
                name: g.name,
                description: rolesOf(g.id).length > 0 ? `gives ${namesOf(rolesOf(g.id))}` : 'not mapped',
              })),
            )
          : { id: given.group, name: given.group })
      if (given.roles.length > 0) return { group: group.id, roles: given.roles }
      const now = rolesOf(group.id)
      const picked: string[] = []
      for (;;) {
        const rest = all.filter(role => !picked.includes(role.id))
        const done: AskChoice<string | null>[] = picked.length > 0 ? [{ value: null, name: 'done' }] : []
        const role = await prompter.choose<string | null>(
          picked.length === 0 ? `Which role does ${group.name} give?` : 'Another role?',
          [
            ...done,
            // Administrators' roles come last, so that a bare Enter grants none.
            ...[...rest.filter(r => !r.admin), ...rest.filter(r => r.admin)].map(r => ({
              value: r.id,
              name: r.admin ? `${r.name} (administrator)` : r.name,
              description: `id ${r.id}`,
              ...(picked.length === 0 && now[0]?.id === r.id ? { current: true as const } : {}),
            })),
          ],
        )
        if (role === null) return { group: group.id, roles: picked }
        picked.push(role)
        if (picked.length === all.length) return { group: group.id, roles: picked }
      }
    },
    module,
  )
}

function namesOf(roles: readonly { name: string }[]): string {
  return roles.map(role => role.name).join(', ')
}
