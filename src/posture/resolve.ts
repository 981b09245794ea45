import { K1Error } from '../core/errors.ts'
import type { Choice, FeatureAccess, ModuleSettings, ModuleUser } from '../core/features.ts'
import type { SystemAbout } from '../core/system.ts'
import type { Intent } from './intent.ts'
import { type ModuleTarget, mappingOf } from './target.ts'

/**
 * Turns the words of an intent into ids: users by e-mail or log-in, roles, groups and defaults by name or id.
 * @throws K1Error `usage` for a name that does not exist (with the nearest ones) or that is ambiguous (with all hits).
 */
export async function resolve(
  intent: Intent,
  about: SystemAbout,
  access: FeatureAccess,
  reading: ModuleSettings,
): Promise<ModuleTarget> {
  switch (intent.kind) {
    case 'feature': {
      const target: ModuleTarget = { on: { [intent.feature]: intent.on } }
      const [users, roles] = await Promise.all([
        Promise.all((intent.exceptUsers ?? []).map(word => findUser(word, about, access))),
        findRoles(intent.exceptRoles ?? [], about, access),
      ])
      if (intent.exactly) {
        if (intent.exceptUsers) target.users = { exactly: users }
        if (intent.exceptRoles) target.roles = { exactly: roles }
        return target
      }
      if (users.length > 0) target.users = { include: users }
      if (roles.length > 0) target.roles = { include: roles }
      return target
    }
    case 'exceptions': {
      const known = intent.mode === 'remove' ? reading.exceptions : undefined
      const [users, roles] = await Promise.all([
        Promise.all(intent.users.map(async word => matchUser(word, known?.users) ?? findUser(word, about, access))),
        findRoles(intent.roles, about, access),
      ])
      const key = { add: 'include', remove: 'exclude', set: 'exactly' }[intent.mode]
      const target: ModuleTarget = {}
      const sets = (list: 'users' | 'roles') => intent.mode === 'set' && (intent.only ?? list) === list
      if (users.length > 0 || sets('users')) target.users = { [key]: users }
      if (roles.length > 0 || (sets('roles') && access.hasRoleExceptions)) target.roles = { [key]: roles }
      return target
    }
    case 'defaults': {
      const entries = await Promise.all(
        Object.entries(intent.values).map(
          async ([key, word]) => [key, await findDefault(key, word, about, access)] as const,
        ),
      )
      return { defaults: Object.fromEntries(entries) }
    }
    case 'map': {
      const [groups, roles] = await Promise.all([access.groups(), access.roles()])
      const group = pick(intent.group, groups, 'KaseyaOne group', about)
      return { map: { group, roles: intent.roles.map(word => pick(word, roles, 'role', about)) } }
    }
    case 'unmap': {
      const mapped = reading.mappings.map(m => m.group)
      const group = mapped.find(g => same(g.name, intent.group) || g.id === intent.group)
      if (group) return { unmap: mappingOf(reading, group.id) ?? { group, roles: [] } }
      return { unmap: { group: pick(intent.group, await access.groups(), 'KaseyaOne group', about), roles: [] } }
    }
  }
}

function matchUser(word: string, users: readonly ModuleUser[] | undefined): ModuleUser | undefined {
  return users?.find(u => same(u.email, word) || u.id === word)
}

async function findUser(word: string, about: SystemAbout, access: FeatureAccess): Promise<ModuleUser> {
  const { exact, near } = await access.users(word)
  const [first, second] = exact
  if (first && !second) {
    if (first.active) return first
    throw new K1Error('usage', `${word} is inactive in ${about.title}, so an exception would let nobody in.`, {
      hint: 'Name somebody who is active.',
      facts: { user: word },
    })
  }
  if (first) {
    throw new K1Error(
      'usage',
      `${exact.length} users in ${about.title} match ${word}: ${exact.map(shown).join('; ')}.`,
      {
        hint: 'k1ctl needs exactly one; ask for the duplicate to be cleaned up in the module first.',
        facts: { user: word, matches: exact.map(shown) },
      },
    )
  }
  throw new K1Error('usage', `Nobody in ${about.title} has the e-mail or log-in ${word}.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.slice(0, 3).map(shown).join(', or ')}?`
        : `Give the e-mail or the log-in as ${about.title} has it, whole.`,
    facts: { user: word, near: near.slice(0, 3).map(u => u.email) },
  })
}

function shown(user: ModuleUser): string {
  return `${user.email || user.name} (${user.name}${user.active ? '' : ', inactive'})`
}

async function findRoles(words: readonly string[], about: SystemAbout, access: FeatureAccess): Promise<Choice[]> {
  if (words.length === 0) return []
  if (!access.hasRoleExceptions) {
    throw new K1Error('usage', `${about.title} has no role exceptions; only users can be excepted.`)
  }
  const roles = await access.roles()
  return words.map(word => pick(word, roles, 'role', about))
}

async function findDefault(key: string, word: string, about: SystemAbout, access: FeatureAccess): Promise<Choice> {
  const field = access.defaultFields.find(f => f.key === key)
  if (!field) {
    throw new K1Error('usage', `${about.title} has no default called --${key}.`, {
      hint: `It has: ${access.defaultFields.map(f => `--${f.key}`).join(' ')}`,
    })
  }
  if (field.hasChoices) return pick(word, await access.choices(key), field.title, about)
  if (/^[1-9]\d*$/.test(word)) return { id: word, name: `#${word}` }
  throw new K1Error('usage', `${field.title} in ${about.title} takes a number: no look-up is published for it.`, {
    hint: `Find the number in the console, or leave --${key} out to keep what is there.`,
  })
}

/** Exactly one choice by id, or by name ignoring case. */
export function pick(word: string, choices: readonly Choice[], what: string, about: SystemAbout): Choice {
  const byId = choices.find(c => c.id === word)
  const byName = choices.filter(c => same(c.name, word))
  if (byName.length > 1) {
    throw new K1Error('usage', `${byName.length} choices for ${what} in ${about.title} are called ${word}.`, {
      hint: `Name it by id: ${byName.map(c => c.id).join(' or ')}.`,
      facts: { word, candidates: byName },
    })
  }
  const found = byName[0] ?? byId
  if (found) return found
  const near = nearest(word, choices)
  throw new K1Error('usage', `${what} ${word} does not exist in ${about.title}.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.join(', or ')}?`
        : `There are: ${choices
            .slice(0, 10)
            .map(c => c.name)
            .join(', ')}`,
    facts: { word, candidates: choices.slice(0, 20) },
  })
}

/** Up to three names that are spelled alike, or that hold the word, for "did you mean". */
function nearest(word: string, choices: readonly Choice[]): string[] {
  const holdsIt = (name: string) => word !== '' && name.toLowerCase().includes(word.toLowerCase())
  return choices
    .map(({ name }) => ({ name, alike: holdsIt(name) ? 1 : likeness(word, name) }))
    .filter(({ alike }) => alike >= 0.4)
    .sort((a, b) => b.alike - a.alike)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Dice's coefficient over pairs of letters: 1 for the same word, 0 for nothing in common. */
function likeness(one: string, other: string): number {
  const pairs = (text: string) => Array.from(text.toLowerCase().slice(1), (letter, i) => text.toLowerCase()[i] + letter)
  const [mine, theirs] = [pairs(one), pairs(other)]
  const shared = mine.filter(pair => theirs.includes(pair)).length
  return mine.length + theirs.length === 0 ? 0 : (2 * shared) / (mine.length + theirs.length)
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
