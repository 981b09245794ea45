// The whole estate: one leaver, every system, devices that have yet to call in.
import { judgedSystems, openGoals } from './judge.js'

export const tenant = 'Ironbridge Machining'
const tenantId = 't-020'

/** The tenant that has everything, alone. */
export function ironbridge({ demoWorld, estateTenant }) {
  const world = demoWorld()
  return { ...world, tenants: [estateTenant(world)] }
}

/**
 * Writes that must never be taken twice: a device that is wiped twice is lost twice, a second transfer takes what the
 * first has handed over. All else may be repeated, and is looked at first.
 */
const once = [
  /^jumpcloud POST .*\/command\/builtin\//,
  /^jumpcloud POST .*\/devices\/[^/]+\/(lock|erase)/,
  /^google-workspace POST .*\/devices\/mobile\/[^/]+\/action/,
  /^google-workspace POST .*(batchChangeStatus|issueCommand|\/transfers)/,
  /^microsoft-365 POST .*\/managedDevices\/[^/]+\/(retire|wipe|remoteLock)/,
]

export function mustBeOnce({ system, method, path }) {
  return once.some(pattern => pattern.test(`${system} ${method} ${path}`))
}

/** What Microsoft 365 can be asked for besides, in every other round. */
const more = {
  K1CTL_MICROSOFT_365_IMMUTABLE_ID: 'cleared',
  K1CTL_MICROSOFT_365_LICENCES: 'remove',
  K1CTL_MICROSOFT_365_OTHERS_MAILBOXES: 'left',
}

/** The one with everything every other round, another person otherwise. */
export function leavingEstate({ demoWorld, estateLeaver, estatePeople }) {
  const world = demoWorld()
  const leaver = estateLeaver(world)
  const others = estatePeople(world).filter(one => !one.admin && one !== leaver)
  const everybody = [leaver, ...others].map(({ person }) => person.email)
  /** By system of judge.js: its accounts before anybody leaves. Graphus, for one, has not everybody. */
  const before = new Map()
  return {
    name: 'estate',
    mustBeOnce,
    mostResumes: 5,
    async prepare(stage) {
      refuseUnjudged(Object.keys(stage.systems))
      for (const id of judgedSystems) before.set(id, await accountsIn(stage, id))
      const blind = judgedSystems.filter(id => !hasAccount(before.get(id), leaver.person.email))
      if (blind.length > 0) throw new Error(`${leaver.person.email} is not in ${blind}: nobody is judged there.`)
      const shared = { email: 'priya.baker@ironbridge.example', fullAccess: everybody }
      await stage.post('microsoft-365/mailboxes', shared)
      await stage.post('google-workspace/quirks', { deviceMs: 50, transferMs: 50 })
      await stage.post('aws/assignments', { delayMs: 50 })
    },
    /** What a person and a device do before somebody resumes: the agent calls in, the garage opener comes back. */
    async assist(stage) {
      await Promise.all([
        stage.post('jumpcloud/devices/contact'),
        stage.post('webhook/handed-in'),
        stage.post('google-workspace/devices/contact'),
        stage.post('microsoft-365/devices/contact'),
      ])
    },
    round(random) {
      const { person } = random() < 0.6 ? leaver : others[Math.floor(random() * others.length)]
      const { email } = person
      const settings = random() < 0.5 ? more : {}
      return {
        settings,
        words: ['offboard', email, '--tenant', tenant, '--wait', '5', '--yes', '--output', 'ndjson'],
        open: async stage => {
          const all = [...Object.entries(judges), ...(settings === more ? [['microsoft-365', moreOpen]] : [])]
          const theirs = judgedSystems.filter(id => hasAccount(before.get(id), email))
          const after = await Promise.all(theirs.map(async id => [id, await accountsIn(stage, id)]))
          const open = await Promise.all(all.map(judge(stage, email)))
          return [...openGoals(email, Object.fromEntries(after)), ...open.flat()]
        },
      }
    },
  }
}

/** Where nobody judges, "lost 0" says nothing. */
function refuseUnjudged(systems) {
  const unjudged = systems.filter(id => !(id in judges) && !judgedSystems.includes(id))
  if (unjudged.length > 0) throw new Error(`test/kill/estate.js judges nobody in ${unjudged}: add them to \`judges\`.`)
}

async function accountsIn(stage, system) {
  return (await stage.people(system))[tenantId]
}

function hasAccount(accounts, word) {
  return accounts.some(({ email, login, aliases }) => [email, login, ...aliases].includes(word))
}

function judge(stage, email) {
  return async ([system, holds]) => {
    const state = await stage.control(`${system}/state`)
    const open = holds(state, email)
    return Object.entries(open)
      .filter(([, isOpen]) => isOpen)
      .map(([what]) => `${email} still has ${what} in ${system}`)
  }
}

const some = list => list.length > 0

/** With `more`. No mailbox needs a licence of Power Automate. */
function moreOpen({ users, mailboxes }, email) {
  const user = one(users, u => u.userPrincipalName === email)
  const powerAutomate = 'f30db892-07e9-47e9-837c-80727f46fd3d'
  return {
    'a mailbox of somebody else': mailboxes.some(m => m.fullAccess.includes(email)),
    'a licence that nothing needs': user.licenseAssignmentStates.some(({ skuId }) => skuId === powerAutomate),
  }
}

/** By system, besides those of judge.js: what a leaver may still have. Each must know the person: a judge who finds nobody proves nothing. */
const judges = {
  'active-directory': ({ entries }, email) => {
    const user = one(entries, ({ attributes }) => attributes.userPrincipalName?.[0] === email)
    const control = Number(user.attributes.userAccountControl[0])
    return {
      'sign-in': (control & 2) === 0,
      groups: entries.some(({ attributes }) => attributes.member?.includes(user.dn)),
      'their place': !user.dn.includes('OU=Leavers'),
    }
  },
  jumpcloud: ({ organizations: [{ users, members, groups, associations, jobs, systems }] }, email) => {
    const user = one(users, u => u.email === email)
    const isDynamic = id => groups.find(g => g.id === id)?.membershipMethod.startsWith('DYNAMIC')
    return {
      'sign-in': !user.suspended || user.state !== 'SUSPENDED',
      'keys or devices to confirm with': some(user.sshKeys) || some(user.pushEndpoints),
      groups: some(members.filter(m => m.user === user._id && !isDynamic(m.group))),
      'direct associations': some(associations.filter(a => a.from === user._id)),
      'a job that lets them back in': some(jobs.filter(j => j.state === 'ACTIVATED' && j.users.includes(user._id))),
      'a local account on a device': systems.some(s => s.localAccounts.some(a => a.user === user._id && a.enabled)),
    }
  },
  'google-workspace': ({ users, groups, phones, assignments }, email) => {
    const user = one(users, u => u.primaryEmail === email)
    const isMember = ({ wholeCustomer, members }) =>
      !wholeCustomer && members.some(m => m.id === user.id && m.leftAt === null)
    return {
      'sign-in': !user.suspended,
      credentials: some(user.asps) || some(user.tokens) || user.codes > 0,
      'recovery data': Boolean(user.recoveryEmail || user.recoveryPhone),
      'their password': user.passwordChanges === 0,
      'open sessions': user.signOuts === 0,
      roles: user.isAdmin || some(assignments.filter(a => a.assignedTo === user.id)),
      groups: groups.some(isMember),
      licences: some(user.licences),
      phones: phones.some(p => p.email === email && p.status === 'APPROVED'),
    }
  },
  'microsoft-365': (state, email) => {
    const user = one(state.users, u => u.userPrincipalName === email)
    const isMine = a => a.principalId === user.id
    const canLeave = g =>
      !g.membershipRule && !g.mailEnabled && g.onPremisesSyncEnabled !== true && !some(g.assignedLicenses)
    return {
      // A synced account is what Active Directory says; the simulator works that out when somebody asks.
      'sign-in': user.accountEnabled && user.onPremisesSyncEnabled !== true,
      'ways to sign in': some(user.methods.filter(m => m.type !== 'password')),
      'open sessions': user.signInSessionsValidFromDateTime < '2026',
      roles: some(state.roleAssignments.filter(isMine)),
      groups: some(state.groups.filter(g => canLeave(g) && g.members.includes(user.id))),
      applications: some(state.appRoleAssignments.filter(isMine)) || some(state.permissionGrants.filter(isMine)),
      'enabled devices': state.devices.some(d => d.registeredTo === user.id && d.accountEnabled),
      'a mailbox of their own': state.mailboxes.some(m => m.user === user.id && m.type === 'UserMailbox'),
      'mail on phones': state.mailboxes.some(m => m.user === user.id && m.protocols.ActiveSyncEnabled),
      'distribution lists': state.groups.some(
        g => g.mailEnabled && !some(g.groupTypes) && !g.onPremisesSyncEnabled && g.members.includes(user.id),
      ),
    }
  },
  aws: ({ accounts: [{ users }], center }, email) => {
    const iam = users.find(u => u.tags.some(tag => tag.Value === email))
    const person = one(center.users, u => u.userName === email)
    return {
      'a console password': iam?.password === true,
      'active keys': iam?.accessKeys.some(k => k.status === 'Active'),
      'no denial': iam !== undefined && !Object.values(iam.inline).some(text => /"Effect":"Deny"/.test(text)),
      'groups of IAM': some(iam?.groups ?? []),
      policies: some(iam?.attached ?? []),
      assignments: some(center.assignments.filter(a => a.principal === person.id)),
      memberships: some(center.memberships.filter(m => m.user === person.id)),
    }
  },
  webhook: ({ holders }, email) => {
    const holder = one(holders, h => h.email === email)
    return {
      'a badge that opens doors': holder.active || holder.guard,
      'an alarm code': holder.alarmCode,
      consoles: holder.sessions > 0,
      doors: some(holder.doors),
      'a locker': holder.locker !== null,
      'things to hand in': some(holder.items),
    }
  },
}

function one(list, isWanted) {
  const found = list.find(isWanted)
  if (found === undefined) throw new Error('The judge does not find the person.')
  return found
}
