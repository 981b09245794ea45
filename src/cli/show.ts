import type { FeatureAccess, FeatureKey } from '../core/features.ts'
import { aboutFeature, accessOf, notConnectedModule } from '../posture/goals.ts'
import { readStatus, withoutReason } from '../posture/status.ts'
import { stepsText } from '../render/plan.ts'
import { statusColumns, statusPaint } from '../render/status.ts'
import { concurrency } from './change.ts'
import type { Context } from './command.ts'
import { moduleNamed, type Sessions, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { askTenant, chooseTenants } from './tenant-choice.ts'

/** One feature of one module, of one tenant or of all. */
export async function showFeature(context: Context, feature: FeatureKey): Promise<number> {
  const { output, words, app } = context
  const system = await moduleNamed(context, words.required(0, 'The module'))
  const tenants = await chooseTenants(context)
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const modules = await Promise.all(tenants.map(t => sessions.module(t.name, system)))
    const attested = await (await app.attestations()).latest()
    const all = await spinning(context, `Reading ${system.about.title}`, () =>
      readStatus(modules, concurrency, () => app.clock.now(), attested),
    )
    const rows = all.filter(row => row.feature === feature)
    const [row, second] = rows
    if (row && !second && row.state === 'unreachable' && !row.reason) throw notConnectedModule(row.tenant, system.about)
    if (row && !second && row.reason) throw row.reason
    await output.records(rows.map(withoutReason), statusColumns, 'Nothing to show.', statusPaint(output.data))
    const byHand = rows.some(r => r.state === 'by-hand')
    if (byHand && !output.forMachine) {
      const steps = system.about.features.find(f => f.feature === feature)?.steps ?? []
      output.say(`By hand, in the console of ${system.about.title}:`)
      output.say(stepsText(steps.map(s => s.replaceAll('{state}', 'on or off'))).trimEnd())
    }
    return byHand || rows.some(r => r.reason) ? 3 : 0
  })
}

/**
 * Opens the one module that a command names, for the one tenant that it is about.
 * @param named absent: the first argument of the call
 * @throws K1Error `refused` when the module does not have the feature that the command is about
 */
export async function withModule<T>(
  context: Context,
  feature: FeatureKey,
  work: (access: FeatureAccess, tenant: string) => Promise<T>,
  named?: string,
): Promise<T> {
  const system = await moduleNamed(context, named ?? context.words.required(0, 'The module'))
  aboutFeature(system.about, feature)
  const tenant = await askTenant(context)
  return withSessions(context, { useEnvironment: true }, async (sessions: Sessions) => {
    const module = await sessions.module(tenant.name, system)
    if (!module.open) throw notConnectedModule(tenant.name, system.about)
    return work(accessOf(await module.open(), system.about), tenant.name)
  })
}

interface ExceptionRow {
  tenant: string
  kind: 'user' | 'role' | 'always-exempt'
  id: string
  name: string
  email: string | null
  active: boolean | null
  why: string | null
}

export async function listExceptions(context: Context): Promise<number> {
  await withModule(context, 'require-log-in', async (access, tenant) => {
    const { exceptions, alwaysExempt } = await access.read()
    const user =
      (kind: ExceptionRow['kind'], why: string | null) =>
      (u: { id: string; name: string; email: string; active: boolean }) => ({
        tenant,
        kind,
        id: u.id,
        name: u.name,
        email: u.email,
        active: u.active,
        why,
      })
    const rows: ExceptionRow[] = [
      ...exceptions.users.map(user('user', null)),
      ...exceptions.roles.map(r => ({
        tenant,
        kind: 'role' as const,
        id: r.id,
        name: r.name,
        email: null,
        active: null,
        why: null,
      })),
      ...alwaysExempt.map(u => user('always-exempt', u.why)(u)),
    ]
    await context.output.records(
      rows,
      [
        { title: 'Kind', cell: r => r.kind },
        { title: 'Name', cell: r => r.name },
        { title: 'E-mail', cell: r => r.email ?? '' },
        { title: 'Active', cell: r => (r.active === null ? '' : r.active ? 'yes' : 'no') },
        { title: 'Why', cell: r => r.why ?? '' },
        { title: 'Tenant', cell: r => r.tenant, wide: true },
        { title: 'Id', cell: r => r.id, wide: true },
      ],
      'Nobody is excepted.',
    )
  })
  return 0
}
