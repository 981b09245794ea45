import type { Holder } from './holder.ts'

/** What a person is asked to be. `now`: at once; `later`: somebody has to hand something in first. */
export interface BadgeGoal {
  holds(holder: Holder): boolean
  details(holder: Holder): Record<string, unknown>
  bring(holder: Holder): 'now' | 'later'
  /** Gives back what `before` shows; absent where nobody can. */
  undo?(holder: Holder, before: Record<string, unknown>): void
}

/** The goals that the badge system does, besides `deleted`. */
export const badgeGoals: Record<string, BadgeGoal> = {
  'admin-roles-dropped': {
    holds: holder => !holder.guard,
    details: holder => ({ rights: holder.guard ? ['Guard desk'] : [] }),
    bring(holder) {
      holder.guard = false
      return 'now'
    },
    undo(holder) {
      holder.guard = true
    },
  },
  'sign-in-blocked': {
    holds: holder => !holder.active,
    details: holder => ({ badge: holder.active ? 'opens doors' : 'blocked' }),
    bring(holder) {
      holder.active = false
      return 'now'
    },
    undo(holder) {
      holder.active = true
    },
  },
  'sessions-ended': {
    holds: holder => holder.sessions === 0,
    details: holder => ({ consoles: holder.sessions }),
    bring(holder) {
      holder.sessions = 0
      return 'now'
    },
  },
  'credentials-revoked': {
    holds: holder => !holder.alarmCode,
    details: holder => ({ alarmCode: holder.alarmCode ? 'set' : 'none' }),
    bring(holder) {
      holder.alarmCode = false
      return 'now'
    },
  },
  'groups-left': {
    holds: holder => holder.doors.length === 0,
    details: holder => ({ doors: [...holder.doors] }),
    bring(holder) {
      holder.doors = []
      return 'now'
    },
    undo(holder, { doors }) {
      const given = Array.isArray(doors) ? doors.filter(door => typeof door === 'string') : []
      holder.doors = [...new Set([...holder.doors, ...given])]
    },
  },
  'access-freed': {
    holds: holder => holder.locker === null,
    details: holder => ({ lockers: holder.locker === null ? [] : [holder.locker] }),
    bring(holder) {
      holder.locker = null
      return 'now'
    },
    undo(holder, { lockers }) {
      const [locker] = Array.isArray(lockers) ? lockers : []
      if (typeof locker === 'string') holder.locker = locker
    },
  },
  'devices-released': {
    holds: holder => holder.items.length === 0,
    details: ({ items }) => ({
      items: items.map(({ name }) => name),
      askedFor: items.filter(({ askedFor }) => askedFor).map(({ name }) => name),
    }),
    bring(holder) {
      holder.items = holder.items.filter(({ kind }) => kind === 'opener').map(item => ({ ...item, askedFor: true }))
      return holder.items.length === 0 ? 'now' : 'later'
    },
    undo(holder, { items }) {
      const names = Array.isArray(items) ? items.filter(name => typeof name === 'string') : []
      holder.items = names.map(name => ({ name, kind: /opener/i.test(name) ? 'opener' : 'card', askedFor: false }))
    },
  },
}
