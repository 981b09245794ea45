import { featureTitles, type ModuleSettings } from '../core/features.ts'
import type { Intent } from './intent.ts'
import { exceptionsAfter, type ModuleTarget } from './target.ts'

/** One line for a person: what will hold. */
export function summarize(intent: Intent, target: ModuleTarget, reading: ModuleSettings | null): string {
  switch (intent.kind) {
    case 'feature': {
      const line = `${featureTitles[intent.feature]} is ${intent.on ? 'on' : 'off'}`
      if (intent.feature !== 'require-log-in' || !intent.on) return line
      return `${line}, ${exceptFor(intent, target, reading)}`
    }
    case 'exceptions':
      return `Exceptions from Require Log In: ${{ add: 'with', remove: 'without', set: 'exactly' }[intent.mode]} ${listed([...intent.users, ...intent.roles])}`
    case 'defaults':
      return `Defaults for created users: ${Object.entries(intent.values)
        .map(([key, word]) => `${key} ${target.defaults?.[key]?.name ?? word}`)
        .join(', ')}`
    case 'map':
      return `Group ${target.map?.group.name ?? intent.group} is mapped to ${listed(target.map?.roles.map(r => r.name) ?? intent.roles)}`
    case 'unmap':
      return `Group ${target.unmap?.group.name ?? intent.group} is mapped to no role`
  }
}

function exceptFor(intent: Intent & { kind: 'feature' }, target: ModuleTarget, reading: ModuleSettings | null): string {
  if (!reading) {
    const words = [...(intent.exceptUsers ?? []), ...(intent.exceptRoles ?? [])]
    return words.length > 0 ? `except for ${listed(words)}` : 'without exceptions'
  }
  const { users, roles } = exceptionsAfter(target, reading)
  const parts = [counted(users.length, 'user'), counted(roles.length, 'role')].filter(p => p !== undefined)
  return parts.length > 0 ? `except for ${parts.join(' and ')}` : 'without exceptions'
}

function counted(n: number, what: string): string | undefined {
  return n === 0 ? undefined : `${n} ${what}${n === 1 ? '' : 's'}`
}

function listed(words: readonly string[]): string {
  return words.length === 0 ? 'nobody' : words.join(', ')
}
