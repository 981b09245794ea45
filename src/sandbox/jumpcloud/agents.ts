import type { Cloud, CloudSystem, Organization } from './cloud.ts'

/** Agents that are connected call in this often. */
const every = 2000

/** What time brings: agents call in, and scheduled changes of state happen. */
export function letTimePass(cloud: Cloud, now: Date): void {
  for (const organization of cloud.organizations) {
    for (const job of organization.jobs.filter(one => Date.parse(one.date) <= now.getTime())) {
      for (const user of organization.users.filter(one => job.users.includes(one._id))) {
        user.state = job.state
        user.suspended = job.state === 'SUSPENDED'
      }
    }
    organization.jobs = organization.jobs.filter(one => Date.parse(one.date) > now.getTime())
    const at = new Date(Math.floor(now.getTime() / every) * every)
    for (const system of organization.systems.filter(one => one.online)) {
      if (at.getTime() > Date.parse(system.lastContact)) callIn(organization, system, at)
    }
  }
}

/** For control: also those that were switched off come back, unless they were erased. */
export function contactAll(cloud: Cloud, now: Date): void {
  for (const organization of cloud.organizations) {
    for (const system of organization.systems) {
      if (system.erased || (system.locked && system.osFamily === 'darwin')) continue
      system.online = true
      callIn(organization, system, now)
    }
  }
}

/** The agent learns who may log in, and does what was queued for it. */
function callIn(organization: Organization, system: CloudSystem, at: Date): void {
  system.lastContact = at.toISOString()
  for (const account of system.localAccounts) {
    const user = organization.users.find(one => one._id === account.user)
    account.enabled = user !== undefined && !user.suspended && isBound(organization, account.user, system._id)
  }
  for (const order of system.queue.splice(0)) {
    if (order === 'lock') system.locked = true
    if (order !== 'erase') continue
    system.erased = true
    system.online = false
  }
}

/** Groups that grant devices are left out: the seed has none. */
function isBound({ associations }: Organization, user: string, system: string): boolean {
  return associations.some(edge => edge.from === user && edge.to === system)
}
