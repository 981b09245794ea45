import { isK1Error } from '../core/errors.ts'
import type { SignInPrompt } from '../core/ports.ts'
import type { Identity, OpenDeps, Session } from '../core/system.ts'
import { errorText } from '../render/error.ts'
import type { Context } from './command.ts'
import type { ConnectEntry } from './connect-entry.ts'
import { mostTries, suspectsOf } from './connect-retry.ts'
import { type NamedConnection, openDeps } from './sessions.ts'
import { spinning } from './spinner.ts'

/** Signed in, and asked who one is there. */
export interface SignedIn {
  session: Session
  identity: Identity
  /** The tenant there, where the credential sees several. */
  chosen: Record<string, string>
}

/** Signs in; at a terminal a person has several tries, and is asked only for what can be wrong. */
export async function signIn(context: Context, made: NamedConnection, entry: ConnectEntry): Promise<SignedIn> {
  const { about } = made.system
  for (let tries = 1; ; tries++) {
    try {
      return await open(context, made, entry)
    } catch (error) {
      if (!context.output.canAsk || tries >= mostTries || !isK1Error(error) || error.kind === 'cancelled') throw error
      const suspects = suspectsOf(error, about, entry)
      if (suspects.length === 0) throw error
      context.output.warn(errorText(error, context.output.talk))
      context.output.say(`Once more; Enter keeps what is there, Esc leaves. Try ${tries + 1} of ${mostTries}.`)
      await entry.askAgain(suspects)
    }
  }
}

async function open(context: Context, { system, title }: NamedConnection, entry: ConnectEntry): Promise<SignedIn> {
  const picked: Picked = {}
  const { settings, secrets } = entry
  const deps = noting(openDeps(context, title), picked)
  const session = await spinning(context, `Signing in to ${title}`, () =>
    system.open({ ...settings, ...secrets }, deps),
  )
  try {
    const chosen = await chosenTenant(session, settings, picked, deps.prompt)
    if (!picked.afterwards) return { session, identity: await session.check(), chosen }
    await session.close()
    const narrowed = await system.open({ ...settings, ...chosen, ...secrets }, deps)
    return { session: narrowed, identity: await narrowed.check(), chosen }
  } catch (error) {
    await session.close()
    throw error
  }
}

/** The tenant id that a person picked. */
interface Picked {
  tenant?: string
  /** Only after the sign-in, so that the session is not yet about that tenant. */
  afterwards?: true
}

function noting(deps: OpenDeps, picked: Picked): OpenDeps {
  const { prompt } = deps
  if (!prompt) return deps
  return {
    ...deps,
    prompt: {
      ...prompt,
      async tenant(tenants) {
        picked.tenant = await prompt.tenant(tenants)
        return picked.tenant
      },
    },
  }
}

/** The id of the tenant that was picked, named, or the only one, so that the next call need not ask again. */
async function chosenTenant(
  session: Session,
  settings: Readonly<Record<string, string>>,
  picked: Picked,
  prompt: SignInPrompt | undefined,
): Promise<Record<string, string>> {
  const key = session.tenantSetting
  if (key === undefined || !session.tenants) return {}
  if (picked.tenant !== undefined) return { [key]: picked.tenant }
  const seen = await session.tenants()
  const named = settings[key]?.toLowerCase()
  if (named !== undefined) {
    const match = seen.find(t => t.id.toLowerCase() === named) ?? seen.find(t => t.name.toLowerCase() === named)
    return match ? { [key]: match.id } : {}
  }
  const [only, second] = seen
  if (!only) return {}
  if (!second) return { [key]: only.id }
  if (!prompt) return {}
  picked.afterwards = true
  return { [key]: await prompt.tenant(seen) }
}
