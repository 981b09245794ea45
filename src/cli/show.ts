import { K1Error } from '../core/errors.ts'
import type { FeatureKey } from '../core/features.ts'
import type { Session } from '../core/system.ts'
import { readStatus, type StatusRow, withoutReason } from '../posture/status.ts'
import { stepsText } from '../render/plan.ts'
import { statusColumns, statusPaint } from '../render/status.ts'
import { concurrency } from './change.ts'
import type { Context } from './command.ts'
import { moduleNamed, type Sessions, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenant, chooseTenants } from './tenant-choice.ts'

/** One feature of one module, of one tenant or of all. */
export async function showFeature(context: Context, feature: FeatureKey): Promise<number> {
  const { output, words, app } = context
  const system = await moduleNamed(context, words.required(0, 'The module'))
  const tenants = await chooseTenants(context)
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const modules = await Promise.all(tenants.map(t => sessions.module(t.name, system)))
    const all = await spinning(context, `Reading ${system.about.title}`, () =>
      readStatus(modules, concurrency, () => app.clock.now()),
    )
    const rows = all.filter(row => row.feature === feature)
    const [row, second] = rows
    if (row && !second && row.state === 'unreachable' && !row.reason) throw notConnected(row)
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

function notConnected(row: StatusRow): K1Error {
  return new K1Error(
    'not-set-up',
    `${row.system} is not connected for ${row.tenant}.`,
    row.next ? { hint: row.next } : {},
  )
}

/** Opens the one module that a command names, for the one tenant that it is about. */
export async function withModule<T>(
  context: Context,
  work: (session: Session, tenant: string) => Promise<T>,
): Promise<T> {
  const system = await moduleNamed(context, context.words.required(0, 'The module'))
  const tenant = await chooseTenant(context)
  return withSessions(context, { useEnvironment: true }, async (sessions: Sessions) => {
    const module = await sessions.module(tenant.name, system)
    if (!module.open) {
      throw new K1Error('not-set-up', `${system.about.title} is not connected for ${tenant.name}.`, {
        hint: `Sign in once: k1ctl connect ${system.about.id} --tenant '${tenant.name}'`,
      })
    }
    return work(await module.open(), tenant.name)
  })
}

/** The facet that keeps the five features. @throws K1Error `refused` where the system has none. */
export function featuresOf(session: Session): NonNullable<Session['features']> {
  if (session.features) return session.features
  throw new K1Error('refused', 'This system keeps no Unified Login features of its own.')
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
  await withModule(context, async (session, tenant) => {
    const { exceptions, alwaysExempt } = await featuresOf(session).read()
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
