import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { buildConnector, Dispatcher } from 'undici'
import { K1Error } from '../core/errors.ts'
import type { HttpOptions } from '../core/ports.ts'
import { rememberSecret } from '../core/redact.ts'
import { isLoopback } from './base-url.ts'
import { authoritiesIn, trust } from './trust.ts'

/** Each call has one deadline of its own (`exchange.ts`), so undici's timers for answers are off. */
const timers = { headersTimeout: 0, bodyTimeout: 0 }

export interface Connections {
  dispatcher: Dispatcher
  /** The last that lets go cuts off everything, also what is still connecting: undici alone would wait for that. */
  release(): Promise<void>
}

interface Opened {
  dispatcher: Dispatcher
  destroy(): Promise<void>
}

/** By origin and by the way to it. A thousand tenants of one service are as many clients, and need not shake hands each. */
const open = new Map<string, { opened: Promise<Opened>; holders: number }>()

/**
 * The connections to one origin, shared with every client that goes the same way: direct, or through the proxy that the
 * environment names. This machine is never reached through a proxy.
 * @throws K1Error `usage` for a CA file or a proxy that cannot be used
 */
export async function openConnections(base: URL, http: HttpOptions): Promise<Connections> {
  const key = JSON.stringify([base.origin, http.caFile, proxyIn(http), noProxyIn(http)])
  const kept = open.get(key) ?? { opened: openAnew(base, http), holders: 0 }
  open.set(key, kept)
  kept.holders += 1
  const letGo = () => {
    kept.holders -= 1
    if (kept.holders === 0 && open.get(key) === kept) open.delete(key)
    return kept.holders === 0
  }
  const { dispatcher, destroy } = await kept.opened.catch((error: unknown) => {
    letGo()
    throw error
  })
  return {
    dispatcher,
    async release() {
      if (letGo()) await destroy()
    },
  }
}

async function openAnew(base: URL, http: HttpOptions): Promise<Opened> {
  // Said, not left to the default: NODE_TLS_REJECT_UNAUTHORIZED=0 would change that one.
  const strict = { rejectUnauthorized: true as const }
  const given = http.caFile === undefined ? undefined : await trust([await authoritiesIn(http.caFile)])
  const tls = given === undefined ? strict : { ...strict, secureContext: given }
  const { connect, cut } = await buildConnect(tls)
  const dispatcher = await openDispatcher(base, http, tls, connect)
  return {
    dispatcher,
    async destroy() {
      cut()
      await dispatcher.destroy()
    },
  }
}

interface TlsOptions {
  rejectUnauthorized: true
  secureContext?: SecureContext
}

async function openDispatcher(
  base: URL,
  http: HttpOptions,
  tls: TlsOptions,
  connect: buildConnector.connector,
): Promise<Dispatcher> {
  const proxy = proxyIn(http)
  if (proxy.trim() === '' || isLoopback(base)) {
    const { default: Agent } = await import('undici/lib/dispatcher/agent.js')
    return new Agent({ ...timers, connect })
  }
  // Whole: the proxy's CONNECT is added to its dispatchers by undici's index only.
  const { EnvHttpProxyAgent } = await import('undici')
  return new EnvHttpProxyAgent({
    ...timers,
    connect,
    requestTls: tls,
    proxyTls: tls,
    httpsProxy: parseProxy(proxy),
    // Empty, not absent: what is absent here, undici takes from the process itself.
    httpProxy: '',
    noProxy: noProxyIn(http),
  })
}

function proxyIn({ env }: HttpOptions): string {
  return env.https_proxy ?? env.HTTPS_PROXY ?? ''
}

function noProxyIn({ env }: HttpOptions): string {
  return env.no_proxy ?? env.NO_PROXY ?? ''
}

/** undici's own way to connect, and a way to cut off what has not connected yet. */
async function buildConnect(tls: TlsOptions): Promise<{ connect: buildConnector.connector; cut: () => void }> {
  const { default: build } = await import('undici/lib/core/connect.js')
  const connector = build(tls)
  const connecting = new Set<Socket>()
  return {
    connect(options, callback) {
      const socket = connector(options, (...result) => {
        connecting.delete(socket)
        callback(...result)
      })
      connecting.add(socket)
    },
    cut() {
      for (const socket of connecting) socket.destroy()
    },
  }
}

function parseProxy(text: string): string {
  try {
    const url = new URL(text.includes('://') ? text : `http://${text}`)
    if (url.password !== '') rememberSecret(decodeURIComponent(url.password))
    if (url.protocol === 'http:' || url.protocol === 'https:') return url.href
  } catch {
    // Told below; the text itself may hold a password.
  }
  throw new K1Error('usage', 'The proxy in HTTPS_PROXY is not a web address.', {
    hint: 'Set HTTPS_PROXY to something like http://proxy.example.com:8080.',
  })
}
