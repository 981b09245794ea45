import type { Account } from '../core/account.ts'
import { asK1Error } from '../core/errors.ts'
import type { Session } from '../core/system.ts'

/** One system, and the account of the leaver in it. */
interface Known {
  id: string
  title: string
  session: Session
  account: Account | undefined
}

export interface FoundManager {
  /** E-mail; undefined: nobody could be named. */
  email?: string
  /** Why nobody gets it, or what else is to be known: sentences by system. */
  notes: { system: string; note: string }[]
}

/**
 * Whoever is their manager, as the systems that know of managers have it. Two systems that name two people name nobody;
 * whoever is blocked, or the leaver, is nobody.
 */
export async function findManager(known: readonly Known[]): Promise<FoundManager> {
  const answers = await Promise.all(known.map(ask))
  const notes = answers.flatMap(answer => ('note' in answer ? [answer] : []))
  const named = answers.flatMap(answer => ('email' in answer ? [answer] : []))
  const emails = new Set(named.map(({ email }) => email.toLowerCase()))
  const [first] = named
  if (first !== undefined && emails.size === 1) return { email: first.email, notes: [] }
  if (first === undefined) return { notes: notes.length > 0 ? notes : unknownTo(known) }
  const who = named.map(({ email, title }) => `${email} in ${title}`).join(', ')
  return { notes: [{ system: first.system, note: `Their manager is not the same everywhere (${who}): ${nobody}` }] }
}

const nobody = 'nobody gets what they had. Name somebody with --successor.'

function unknownTo([first]: readonly Known[]): FoundManager['notes'] {
  return first ? [{ system: first.id, note: `No system that is connected here knows of managers: ${nobody}` }] : []
}

type Answer = { system: string; title: string; email: string } | { system: string; note: string } | { none: true }

async function ask({ id: system, title, session, account }: Known): Promise<Answer> {
  const { people } = session
  if (!people?.manager || account === undefined) return { none: true }
  try {
    const manager = await people.manager(account.id)
    if (manager === null) return { system, note: `${title} names no manager of theirs: ${nobody}` }
    if (manager.id === account.id) return { system, note: `${title} names them as their own manager: ${nobody}` }
    if (!manager.active) return { system, note: `Their manager, ${manager.login}, is blocked in ${title}: ${nobody}` }
    return { system, title, email: manager.email || manager.login }
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (error.kind === 'cancelled') throw error
    return { system, note: `Who their manager is could not be read in ${title} (${error.message}): ${nobody}` }
  }
}
