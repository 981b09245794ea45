import { redact } from '../core/redact.ts'
import { exportModules } from '../posture/export.ts'
import { concurrency } from './change.ts'
import type { CommandSpec, Context } from './command.ts'
import { onlyModules, onlyOption, postureTenants, tenantsOption } from './posture-file.ts'
import { attestedBy } from './posture-rows.ts'
import { withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'

export const exportPostureCommand: CommandSpec = {
  name: 'export',
  summary: 'what is, as a posture file that fits it',
  details: 'With names, never ids. A module that did not answer stands in it as a comment; then the exit code is 3.',
  options: [tenantsOption, onlyOption],
  takes: ['fleet', 'network'],
  examples: [
    'k1ctl posture export --all-tenants > posture.yaml',
    "k1ctl posture export --tenant 'Northwind Dental' --only bms",
  ],
  run: exportRun,
}

async function exportRun(context: Context): Promise<number> {
  const { app, output, line } = context
  const [tenants, systems] = [await postureTenants(context), await onlyModules(context)]
  const attested = attestedBy(await (await app.attestations()).latest())
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const modules = await Promise.all(tenants.flatMap(t => systems.map(s => sessions.module(t.name, s))))
    const all = await spinning(context, `Reading ${modules.length} modules`, () =>
      exportModules(modules, attested, 2 * concurrency, () => app.clock.now()),
    )
    const { writePosture } = await import('../posture-file/write-posture.ts')
    output.document(redact(writePosture(all, `${line}, ${app.clock.now().toISOString()}`)))
    const unread = all.filter(one => 'why' in one && one.unread)
    for (const one of unread) if ('why' in one) output.warn(`! ${one.tenant} · ${one.system}: ${one.why}`)
    return unread.length > 0 ? 3 : 0
  })
}
