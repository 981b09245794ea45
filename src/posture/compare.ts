import type { Choice, FeatureAccess, ModuleUser, SettingsLook } from '../core/features.ts'
import { printable } from '../core/printable.ts'
import { listedNames, type Rule } from './rule.ts'

/** What was found where a rule looks, as one line; null where the module shows no such thing. */
export interface Finding {
  holds: boolean
  found: string | null
  /** What is there and the file does not name: with it added, the rule would hold. Empty where that is not all. */
  undeclared: readonly string[]
  /** Who is excepted from Require Log In, and is not in the file. */
  excepted?: readonly string[]
}

/**
 * Compares a rule with what a look saw, by name. Only a person who is not found by e-mail or name is looked up, since
 * the module may know them by a log-in that its settings do not show.
 */
export async function compareRule(rule: Rule, look: SettingsLook, access: FeatureAccess): Promise<Finding> {
  const { holds, found, undeclared, excepted = [] } = await find(rule, look, access)
  // As it can be printed, written into a file and compared with what stands there.
  return {
    holds,
    found: found === null ? null : printable(found),
    undeclared: undeclared.map(printable),
    excepted: excepted.map(printable),
  }
}

async function find(rule: Rule, look: SettingsLook, access: FeatureAccess): Promise<Finding> {
  switch (rule.kind) {
    case 'state': {
      const on = look.on[rule.feature]
      if (on === undefined) return { holds: false, found: null, undeclared: [] }
      return { holds: on === rule.on, found: on ? 'on' : 'off', undeclared: [] }
    }
    case 'users':
      return compareUsers(rule.words, look.exceptions.users, access)
    case 'roles':
      return withExcepted(compareNames(rule.words, look.exceptions.roles, 'none'), rule.words, look.exceptions.roles)
    case 'default': {
      const choice = look.defaults[rule.key] ?? null
      if (choice === null) return { holds: false, found: 'none', undeclared: [] }
      return { holds: isCalled(choice, rule.word), found: choice.name, undeclared: [] }
    }
    case 'group': {
      const mapping = look.mappings?.find(one => isCalled(one.group, rule.group))
      return compareNames(rule.words, mapping?.roles ?? [], 'not mapped')
    }
  }
}

async function compareUsers(
  words: readonly string[],
  users: readonly ModuleUser[],
  access: FeatureAccess,
): Promise<Finding> {
  const byWord = new Map<string, ModuleUser | undefined>()
  for (const word of words) {
    byWord.set(word, users.find(user => same(user.email, word)) ?? users.find(user => isCalled(user, word)))
  }
  // Where nobody is excepted, no word can be one of them.
  const unknown = users.length === 0 ? [] : words.filter(word => byWord.get(word) === undefined)
  await Promise.all(
    unknown.map(async word => {
      const { exact } = await access.users(word)
      const [only, second] = exact
      if (only && !second)
        byWord.set(
          word,
          users.find(user => user.id === only.id),
        )
    }),
  )
  const named = new Set([...byWord.values()].flatMap(user => (user ? [user.id] : [])))
  const missing = words.some(word => byWord.get(word) === undefined)
  const extra = users.filter(user => !named.has(user.id)).map(userNameOf)
  return {
    holds: !missing && extra.length === 0,
    found: listedNames(users.map(userNameOf), 'none'),
    undeclared: missing ? [] : extra,
    excepted: extra,
  }
}

function compareNames(words: readonly string[], choices: readonly Choice[], none: string): Finding {
  const missing = words.some(word => !choices.some(choice => isCalled(choice, word)))
  const extra = choices.filter(choice => !words.some(word => isCalled(choice, word))).map(({ name }) => name)
  return {
    holds: !missing && extra.length === 0,
    found: listedNames(
      choices.map(({ name }) => name),
      none,
    ),
    undeclared: missing ? [] : extra,
  }
}

function withExcepted(finding: Finding, words: readonly string[], roles: readonly Choice[]): Finding {
  const excepted = roles.filter(role => !words.some(word => isCalled(role, word))).map(({ name }) => name)
  return { ...finding, excepted }
}

/** What a person is called in a posture file. */
export function userNameOf({ email, name, id }: ModuleUser): string {
  return email || name || id
}

function isCalled({ id, name }: { id: string; name: string }, word: string): boolean {
  return same(name, word) || id === word
}

function same(one: string, other: string): boolean {
  return one !== '' && one.toLowerCase() === other.toLowerCase()
}
