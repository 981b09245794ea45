import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import { isObject, parseJson } from './answers.ts'
import { byEmail, listOf } from './control-words.ts'
import { controlMail } from './exchange/mail-control.ts'
import { guidOf } from './guid.ts'
import { setQuirks } from './quirks.ts'
import { assigned, newUser, roles, skus } from './seed-tenant.ts'
import type { SignInDesk } from './sign-in.ts'
import type { Tenant } from './tenant.ts'
import type { Group, User } from './tenant-state.ts'

export interface Settings {
  pageSize: number
  /** Parts that were locked once, by the quirk `partsFailOnce`. */
  locked: Set<string>
}

interface Ground {
  tenant: Tenant
  desk: SignInDesk
  settings: Settings
}

/**
 * Extra calls, all `POST` with JSON:
 * `people` `{key, givenName, surname, email, guest?}`: one more account ·
 * `people/change` `{email, ...members of the account}` · `people/delete` `{email}`: as a sync deletes it ·
 * `groups` `{name, members: [email], roleAssignable?, licensing?, mail?, synced?, hidden?, owners?}` · `roles` `{to: id or email, role}` ·
 * `eligible` `{to, role}` · `eligible-groups` `{to, group}`: may become a member · `devices` `{email, name, personal?, online?, os?, registered?}`: enrolled, or (`registered`) only known to Entra ·
 * `devices/results` `{email, results: [{actionName, actionState}], at?}` · `devices/contact`: every device checks in now · `lag` `{ms}`: reads show what was before a change for so long ·
 * `page-size` `{size}` · `rights` `{granted: [...]}`: what the app has, in the next token · `opaque`: tokens without
 * claims · `expire`: access tokens end · `certificate` `{pem}`: registers it · `device-code` `{userCode, by}`: somebody
 * enters the code (`by` null: declines) ·
 * `quirks` `{name: true}`: see quirks.ts · `exchange-rights` `{granted?, roles?}`: what the app has for Exchange, in the next
 * token · `mailboxes` `{email, ...members of the mailbox}`: changes it, or makes one · `conversion` `{ms}`: so long a mailbox
 * takes to become a shared one (null: for ever) · `contacts` `{name, external}`: a contact in the address list ·
 * `organization-holds` `{holds: [...]}`: over all mailboxes · `meetings` `{email, subject, start, every?, attendees: [...]}`: they
 * called it · `calendar-shares` `{of, with, role}`: whose calendar somebody may open · `enterprise-apps` `{name, owner}`.
 */
export function control(ground: Ground, request: SimulatedRequest): SimulatedResponse | null {
  if (request.method !== 'POST') return null
  const body = parseJson(request)
  const { path } = request
  return controlAccess(ground, path, body) ?? controlMail(ground, path, body) ?? controlTenant(ground, path, body)
}

const done = { status: 204 }

function controlAccess({ desk, settings, tenant }: Ground, path: string, body: Record<string, unknown>) {
  switch (path) {
    case '/rights':
      desk.app.granted = listOf(body.granted)
      desk.expire()
      return done
    case '/opaque':
      desk.opaque = true
      desk.expire()
      return done
    case '/expire':
      desk.expire()
      return done
    case '/certificate':
      desk.app.certificate = String(body.pem)
      return done
    case '/device-code':
      return desk.decide(String(body.userCode), body.by === null ? null : String(body.by)) ? done : { status: 404 }
    case '/quirks':
      try {
        setQuirks(tenant.quirks, body)
        return done
      } catch (error) {
        return { status: 400, body: error instanceof Error ? error.message : String(error) }
      }
    case '/page-size':
      settings.pageSize = Number(body.size)
      return done
    case '/lag':
      tenant.setLag(Number(body.ms))
      return done
    case '/devices/contact':
      tenant.checkIn(true)
      return done
    default:
      return null
  }
}

function controlTenant({ tenant }: Ground, path: string, body: Record<string, unknown>): SimulatedResponse | null {
  const { state } = tenant
  switch (path) {
    case '/enterprise-apps': {
      const name = String(body.name)
      const owners = [byEmail(tenant, body.owner).id]
      state.applications.push({ id: guidOf('app', name), displayName: name, kind: 'servicePrincipal', owners })
      return done
    }
    case '/people': {
      const user = newUser(String(body.key), String(body.givenName), String(body.surname), String(body.email))
      if (body.guest === true) asGuest(user, state.domain)
      state.users.push(user)
      return { status: 201, body: { id: user.id } }
    }
    case '/people/change': {
      const { email, ...members } = body
      Object.assign(byEmail(tenant, email), members)
      return done
    }
    case '/people/delete': {
      const user = byEmail(tenant, body.email)
      state.users = state.users.filter(other => other !== user)
      state.deletedUsers.push(user)
      return done
    }
    case '/groups': {
      const group = newGroup(tenant, body)
      state.groups.push(group)
      return { status: 201, body: { id: group.id } }
    }
    case '/roles':
    case '/eligible': {
      const to = String(body.to)
      const principal = to.includes('@') ? byEmail(tenant, to).id : to
      const role = Object.entries(roles).find(([name]) => name === body.role)?.[1] ?? String(body.role)
      const list = path === '/roles' ? state.roleAssignments : state.roleEligibilities
      list.push(assigned(principal, role))
      return done
    }
    case '/eligible-groups': {
      const principalId = byEmail(tenant, body.to).id
      const groupId = String(body.group)
      state.groupEligibilities.push({
        id: guidOf('group eligibility', principalId, groupId, 'member'),
        principalId,
        groupId,
        accessId: 'member',
      })
      return done
    }
    case '/devices/results': {
      const { id } = byEmail(tenant, body.email)
      const results = Array.isArray(body.results) ? body.results.filter(isObject) : []
      const now = typeof body.at === 'string' ? body.at : tenant.stamp()
      for (const device of state.managedDevices.filter(({ userId }) => userId === id)) {
        device.deviceActionResults = results.map(({ actionName, actionState }) => ({
          actionName: String(actionName),
          actionState: String(actionState),
          startDateTime: now,
          lastUpdatedDateTime: now,
        }))
      }
      return done
    }
    case '/devices': {
      const name = String(body.name)
      if (body.registered === true) {
        state.devices.push({
          id: guidOf('device object', name),
          deviceId: guidOf('entra device', name),
          displayName: name,
          accountEnabled: true,
          operatingSystem: typeof body.os === 'string' ? body.os : 'IPhone',
          onPremisesSyncEnabled: null,
          registeredTo: byEmail(tenant, body.email).id,
        })
        return done
      }
      state.managedDevices.push({
        id: guidOf('managed device', name),
        deviceName: name,
        userId: byEmail(tenant, body.email).id,
        operatingSystem: typeof body.os === 'string' ? body.os : 'iOS',
        managedDeviceOwnerType: body.personal === true ? 'personal' : 'company',
        managementState: 'managed',
        enrolledDateTime: '2026-01-12T10:00:00Z',
        lastSyncDateTime: '2026-11-21T19:00:00Z',
        azureADDeviceId: guidOf('entra device', name),
        serialNumber: 'X1',
        deviceActionResults: [],
        online: body.online !== false,
      })
      return done
    }
    default:
      return null
  }
}

function newGroup(tenant: Tenant, body: Record<string, unknown>): Group {
  const name = String(body.name)
  const group: Group = {
    id: guidOf('group', name),
    displayName: name,
    groupTypes: body.hidden === true ? ['Unified'] : [],
    mailEnabled: body.mail === true || body.hidden === true,
    securityEnabled: true,
    membershipRule: null,
    onPremisesSyncEnabled: body.synced === true ? true : null,
    isAssignableToRole: body.roleAssignable === true ? true : null,
    visibility: body.hidden === true ? 'HiddenMembership' : null,
    assignedLicenses: body.licensing === true ? [{ skuId: skus.businessPremium, disabledPlans: [] }] : [],
    members: listOf(body.members).map(email => byEmail(tenant, email).id),
    owners: listOf(body.owners).map(email => byEmail(tenant, email).id),
  }
  if (body.licensing === true) {
    for (const user of tenant.state.users.filter(({ id }) => group.members.includes(id))) {
      const state = {
        skuId: skus.businessPremium,
        assignedByGroup: group.id,
        disabledPlans: [],
        state: 'Active' as const,
      }
      user.licenseAssignmentStates = [state]
    }
  }
  return group
}

function asGuest(user: User, domain: string): void {
  user.userType = 'Guest'
  user.userPrincipalName = `${user.userPrincipalName.replace('@', '_')}#EXT#@${domain}`
}
