import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { TenantRecord } from '../core/stores.ts'
import type { CommandSpec, Context } from './command.ts'
import { tenantNamed } from './tenant-name.ts'
import { checkZone, preferredZone } from './zoned-time.ts'

export const zoneCommand: CommandSpec = {
  name: 'zone',
  args: '<name> [zone]',
  summary: 'the time zone in which dates are meant there; without a zone: shows it',
  details: 'A date that is given without --zone is meant in the zone of its tenant.',
  options: [{ flags: '--none', summary: 'none of its own any more: that of whoever says the date' }],
  takes: ['output'],
  examples: [
    "k1ctl tenant zone 'Northwind Dental' America/Chicago",
    "k1ctl tenant zone 'Northwind Dental'",
    "k1ctl tenant zone 'Northwind Dental' --none",
  ],
  async run(context) {
    const { app, words, output } = context
    const { name } = await tenantNamed(context, words.required(0, 'The name'))
    const given = words.arg(1)
    if (given !== undefined && words.flag('none'))
      throw new K1Error('usage', 'A zone and --none contradict each other.', {
        hint: `k1ctl tenant zone ${quoted(name)} ${given}`,
      })
    if (given !== undefined) checkZone(given)
    const config = await app.config()
    if (given !== undefined) await config.updateTenant(name, { zone: given })
    else if (words.flag('none')) await config.updateTenant(name, { zone: null })
    const zone = config.tenant(name)?.zone
    if (output.forMachine) output.json({ name, zone: zone ?? null })
    else output.write(`${name}: ${zone ?? `none of its own; here ${preferredZone(app)}`}\n`)
    return 0
  },
}

/**
 * In which zone a date of this call is meant: what was said, else the tenants', else what this operator prefers.
 * @throws K1Error `usage` where the tenants have several
 */
export function zoneOfCall({ app, words }: Context, tenants: readonly TenantRecord[]): string {
  const said = words.text('zone')
  if (said !== undefined) return said
  const preferred = preferredZone(app)
  const zones = [...new Set(tenants.map(({ zone }) => zone ?? preferred))]
  const [zone = preferred, other] = zones
  if (other === undefined) return zone
  throw new K1Error('usage', `These tenants are in several zones: ${zones.slice(0, 5).join(', ')}.`, {
    hint: `Say which is meant: --zone ${zone}; or give a command for each.`,
  })
}
