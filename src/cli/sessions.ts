import { isK1Error, K1Error } from '../core/errors.ts'
import { once } from '../core/once.ts'
import type { HttpOptions } from '../core/ports.ts'
import {
  applies,
  kindOf,
  type OpenDeps,
  type Session,
  type Share,
  type System,
  type SystemAbout,
  titleOf,
} from '../core/system.ts'
import type { Module } from '../posture/goals.ts'
import type { Context } from './command.ts'
import { withFiles } from './connect-given.ts'
import { commandOf, secretsFrom } from './secret-command.ts'
import { passphrasePrompt, signInPrompt } from './sign-in-prompt.ts'
import { noteDoing } from './spinner.ts'
import { wholeNumber } from './words.ts'

/** A failed opening is remembered for so long. */
const retryOpeningMs = 5_000

/** Opens sessions when they are first needed, one for a tenant and system, and closes them all at the end. */
export class Sessions {
  readonly #context: Context
  /** The environment speaks for one tenant; with several it would put one tenant's secret into another's session. */
  readonly #useEnvironment: boolean
  readonly #open = new Map<string, Promise<Session>>()
  readonly #left = new Map<string, Promise<Session>>()
  readonly #shared = new Map<string, { close(): Promise<void> }>()

  constructor(context: Context, options: { useEnvironment: boolean }) {
    this.#context = context
    this.#useEnvironment = options.useEnvironment
  }

  /**
   * The module with a way to open it; without one when nothing is connected that could be opened.
   * @param options `asks`: whether signing in may ask for a code, or wait for a push
   */
  async module(
    tenant: string,
    system: System,
    id: string = system.about.id,
    { asks } = { asks: true },
  ): Promise<Module> {
    const settings = await this.#settingsFor(tenant, system, id)
    const { clock } = this.#context.app
    if (settings === null) return { tenant, about: system.about, clock }
    const key = `${tenant}/${id}`
    return {
      tenant,
      about: system.about,
      clock,
      open: () => this.#session(key, system, settings, asks),
      leave: () => this.#leave(key, system.about.id),
    }
  }

  /** The last one of each system stays: it holds the connections, which the next one goes on with. */
  async #leave(key: string, system: string): Promise<void> {
    const session = this.#open.get(key)
    if (session === undefined) return
    this.#open.delete(key)
    const before = this.#left.get(system)
    this.#left.set(system, session)
    await before?.then(session => session.close()).catch(() => undefined)
  }

  async close(): Promise<void> {
    await Promise.allSettled(
      [...this.#open.values(), ...this.#left.values()].map(async session => (await session).close()),
    )
    await Promise.allSettled([...this.#shared.values()].map(async one => one.close()))
  }

  readonly #share: Share = <T extends { close(): Promise<void> }>(key: string, make: () => T): T => {
    const kept = this.#shared.get(key) as T | undefined
    if (kept) return kept
    const made = make()
    this.#shared.set(key, made)
    return made
  }

  #session(
    key: string,
    system: System,
    settings: () => Promise<Record<string, string>>,
    asks: boolean,
  ): Promise<Session> {
    const known = this.#open.get(key)
    if (known) return known
    const session = settings().then(async all => {
      const deps = { ...openDeps(this.#context, system.about.title, asks), share: this.#share }
      const opened = await system.open(all, deps)
      // Who the credential is does not change while it is used: asked once, for however many people.
      return { ...opened, check: once(() => opened.check()) }
    })
    this.#open.set(key, session)
    // A system that does not answer is not asked anew for each of a hundred people, but it may come back.
    session.catch(() => setTimeout(() => this.#open.delete(key), retryOpeningMs).unref())
    return session
  }

  /** @param id of the connection: the system's, or `scim:zoom` for one of several of a kind */
  async #settingsFor(
    tenant: string,
    { about }: System,
    id: string,
  ): Promise<(() => Promise<Record<string, string>>) | null> {
    const { app } = this.#context
    const connection = (await app.config()).connection(tenant, id)
    const environment = this.#useEnvironment ? await app.fromEnvironment(about) : { settings: {}, secrets: {} }
    const given = await withFiles(app, about, { ...environment.settings, ...environment.secrets })
    if (!connection) {
      const all = { ...defaultsOf(about), ...given }
      const complete = about.settings.every(f => !f.required || !applies(f, all) || all[f.key] !== undefined)
      return complete && Object.keys(environment.secrets).length > 0 ? async () => all : null
    }
    return async () => {
      const { secretRef, place, settings } = connection
      const enough = connection.secretFields.every(field => given[field] !== undefined)
      const kept =
        secretRef === undefined || enough
          ? {}
          : await (await app.secrets(passphrasePrompt(this.#context))).read(secretRef, place).catch(lockedSecret)
      const said =
        place === 'command' && !enough ? await secretsFrom(app, about, connection, commandOf(app, connection)) : {}
      return { ...settings, ...kept, ...said, ...given }
    }
  }
}

/** A secret that is there and cannot be opened is not one that was never kept: only that one says which it looked for. */
function lockedSecret(thrown: unknown): never {
  const isLocked = isK1Error(thrown) && thrown.facts.ref === undefined && thrown.kind !== 'cancelled'
  if (!isLocked) throw thrown
  const { kind, message, hint, facts, cause } = thrown
  throw new K1Error(kind, message, { ...(hint ? { hint } : {}), cause, facts: { ...facts, secret: 'locked' } })
}

function defaultsOf({ settings }: SystemAbout): Record<string, string> {
  return Object.fromEntries(settings.flatMap(f => (f.defaultValue === undefined ? [] : [[f.key, f.defaultValue]])))
}

/** Runs `work` with sessions that are closed whatever happens. */
export async function withSessions<T>(
  context: Context,
  options: { useEnvironment: boolean },
  work: (sessions: Sessions) => Promise<T>,
): Promise<T> {
  const sessions = new Sessions(context, options)
  try {
    return await work(sessions)
  } finally {
    await sessions.close()
  }
}

/** @param title of the system, for a question that signing in asks */
export function openDeps(context: Context, title: string, asks = true): OpenDeps {
  const prompt = asks ? signInPrompt(context, title) : undefined
  const doing = (what: string | undefined) => noteDoing(context.app, what && `${title}: ${what}`)
  return { clock: context.app.clock, http: httpOptions(context), doing, ...(prompt ? { prompt } : {}) }
}

export function httpOptions({ app, words, output }: Context): HttpOptions {
  const caFile = words.text('caFile') ?? (app.env.K1CTL_CA_FILE || undefined)
  const seconds = words.number('timeout', timeoutBounds) ?? environmentTimeout(app.env.K1CTL_TIMEOUT)
  return {
    env: app.env,
    signal: app.callSignal ?? app.signal,
    limits: app.limits,
    still: app.still,
    ...(seconds === undefined ? {} : { deadlineMs: seconds * 1000 }),
    ...(caFile === undefined ? {} : { caFile }),
    ...(words.flag('debug')
      ? {
          onExchange: ({ method, url, status, ms, attempt }) =>
            output.warn(
              `debug: ${method} ${url} ${status ?? 'no answer'} in ${ms} ms${attempt > 1 ? `, try ${attempt}` : ''}`,
            ),
        }
      : {}),
  }
}

/** In seconds. */
const timeoutBounds = { least: 1, most: 3600, of: 'seconds' } as const

function environmentTimeout(text = ''): number | undefined {
  return text === '' ? undefined : wholeNumber('K1CTL_TIMEOUT', text, timeoutBounds)
}

/** The system that a word names. @throws K1Error `usage` with the nearest names. */
export async function systemNamed(context: Context, word: string): Promise<System> {
  const systems = await context.app.systems()
  const system = systems.find(word)
  if (system) return system
  const other = systems.others.find(o => o.id === word.toLowerCase() || o.title.toLowerCase() === word.toLowerCase())
  if (other) {
    throw new K1Error('usage', `${other.title} publishes no API for Unified Login: it is set by hand.`, {
      hint: other.place ? `In its console: ${other.place}. See k1ctl systems.` : 'See k1ctl systems.',
    })
  }
  const near = systems.nearest(word)
  throw new K1Error('usage', `There is no system called ${word}.`, {
    hint:
      near.length > 0
        ? `Did you mean ${near.join(', or ')}?`
        : `There are: ${systems.all.map(s => s.about.id).join(', ')}`,
    facts: { near },
  })
}

/** A system by its id as a ledger or a posture file has it, also one of those that nothing reaches. @throws K1Error `usage` */
export async function systemOf(context: Context, id: string): Promise<System> {
  const { byHand } = await context.app.systems()
  return byHand.find(({ about }) => about.id === id) ?? systemNamed(context, id)
}

/** What a word names: a system, or one of several of a kind by its name. */
export interface NamedConnection {
  system: System
  /** Key of the connection: `bms`, `scim:zoom`. */
  id: string
  title: string
}

/** The connection that a word names, `scim:zoom` or `scim` with a name. @throws K1Error `usage` */
export async function connectionNamed(context: Context, word: string, name?: string): Promise<NamedConnection> {
  const system = await systemNamed(context, kindOf(word))
  const { id: kind, title, named } = system.about
  const given = name ?? (word.includes(':') ? word.slice(word.indexOf(':') + 1) : undefined)
  if (!named) {
    if (given === undefined) return { system, id: kind, title }
    throw new K1Error('usage', `A tenant has one ${title}; it takes no name.`, { hint: `k1ctl connect ${kind}` })
  }
  if (given === undefined && named === 'optional') return { system, id: kind, title }
  if (given !== undefined && isConnectionName(given)) {
    return { system, id: `${kind}:${given}`, title: titleOf(`${kind}:${given}`, title) }
  }
  throw new K1Error(
    'usage',
    given === undefined ? `Which ${title}? A tenant may have several.` : `"${given}" is no name for a connection.`,
    {
      hint: `Name it: k1ctl connect ${kind} --name zoom (small letters, digits and -), later ${kind}:zoom.`,
    },
  )
}

/** What tells one of several connections of a kind from the others. */
export function isConnectionName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,39}$/.test(text)
}

/** The same, for a system that keeps the five features. */
export async function moduleNamed(context: Context, word: string): Promise<System> {
  const system = await systemNamed(context, word)
  if (system.about.isModule) return system
  const modules = (await context.app.systems()).all.filter(s => s.about.isModule).map(s => s.about.id)
  throw new K1Error('usage', `${system.about.title} keeps no Unified Login features of its own; each module does.`, {
    hint: `Name a module: ${modules.join(', ')}`,
  })
}
