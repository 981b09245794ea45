import type { SimulatedResponse } from '../../simulator.ts'
import { byEmail, listOf } from '../control-words.ts'
import { guidOf } from '../guid.ts'
import type { SignInDesk } from '../sign-in.ts'
import type { Tenant } from '../tenant.ts'
import { newMailbox } from './mailboxes.ts'

const done = { status: 204 }

/** Control calls about mail; null where it is none. */
export function controlMail(
  { tenant, desk }: { tenant: Tenant; desk: SignInDesk },
  path: string,
  body: Record<string, unknown>,
): SimulatedResponse | null {
  const { state } = tenant
  switch (path) {
    case '/exchange-rights':
      desk.app.exchange = {
        granted: body.granted === undefined ? desk.app.exchange.granted : listOf(body.granted),
        roles: body.roles === undefined ? desk.app.exchange.roles : listOf(body.roles),
      }
      desk.expire()
      return done
    case '/conversion':
      tenant.conversionMs = body.ms === null ? null : Number(body.ms)
      return done
    case '/mailboxes': {
      const { email, ...members } = body
      const { id } = byEmail(tenant, email)
      const known = state.mailboxes.find(({ user }) => user === id)
      if (known === undefined) state.mailboxes.push({ ...newMailbox(id), ...members })
      else Object.assign(known, members)
      return done
    }
    case '/meetings': {
      const { id } = byEmail(tenant, body.email)
      const subject = String(body.subject)
      state.meetings.push({
        id: guidOf('meeting', id, subject),
        organizer: id,
        subject,
        start: String(body.start),
        every: body.every === undefined ? null : Number(body.every),
        attendees: listOf(body.attendees),
      })
      return done
    }
    case '/calendar-shares': {
      const { id } = byEmail(tenant, body.of)
      const who = String(body.with)
      state.calendarShares.push({ id: guidOf('share', id, who), owner: id, with: who, role: String(body.role) })
      return done
    }
    case '/organization-holds':
      state.organizationHolds = listOf(body.holds)
      return done
    case '/contacts': {
      const name = String(body.name)
      state.mailContacts.push({ guid: guidOf('contact', name), name, external: String(body.external) })
      return done
    }
    default:
      return null
  }
}
