// A posture applied to three tenants and three modules each: one run, from nothing to all features.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const tenantIds = ['t-001', 't-004', 't-010']
const text = `defaults:
  bms: { user-creation: on, deprovisioning: on }
  graphus:
    log-in: on
    user-creation: { state: on, defaults: { role: Analyst } }
    deprovisioning: on
  datto-partner-portal:
    log-in: on
    require-log-in: on
    user-creation: { state: on, defaults: { role: Tech } }
    deprovisioning: on
`

/** Three tenants in which nothing is on but what BMS was given. */
export function tenantsWithNothing({ demoWorld }) {
  const world = demoWorld()
  const tenants = world.tenants.filter(({ id }) => tenantIds.includes(id))
  for (const { bms, graphus, ...rest } of tenants) {
    Object.assign(bms.settings, { userCreation: false, deprovisioning: false })
    for (const module of [graphus, rest['datto-partner-portal']]) {
      Object.assign(module, { linked: false, logIn: false, requireLogIn: false, userCreation: false })
      Object.assign(module, { deprovisioning: false, defaultRoleId: null, userExceptionIds: [] })
    }
  }
  return { ...world, tenants }
}

export function applying() {
  const file = join(mkdtempSync(join(tmpdir(), 'k1ctl-kill-')), 'posture.yaml')
  writeFileSync(file, text)
  return {
    name: 'posture apply',
    round: () => ({
      words: ['posture', 'apply', '-f', file, '--all-tenants', '--yes', '--json'],
      async open(stage) {
        const [{ companies }, graphus, portal] = await Promise.all(
          ['bms', 'graphus', 'datto-partner-portal'].map(id => stage.control(`${id}/state`)),
        )
        const open = companies
          .filter(({ settings }) => !settings.userCreation || !settings.deprovisioning)
          .map(({ company }) => `BMS of ${company}`)
        for (const id of tenantIds) {
          open.push(...wrongIn(`Graphus of ${id}`, graphus.settings[id], 'analyst', false))
          open.push(...wrongIn(`Partner Portal of ${id}`, portal.settings[id], 'tech', true))
        }
        return open
      },
    }),
  }
}

function wrongIn(where, { on, defaultRoleId }, role, requires) {
  const wanted = { 'log-in': true, 'require-log-in': requires, 'user-creation': true, deprovisioning: true }
  const wrong = Object.keys(wanted).filter(key => on[key] !== wanted[key])
  if (defaultRoleId !== role) wrong.push(`default role ${defaultRoleId}`)
  return wrong.map(what => `${where}: ${what}`)
}
