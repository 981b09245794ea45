import { K1Error } from '../../core/errors.ts'
import { parseBaseUrl } from '../../http/base-url.ts'
import { type Path, path } from '../../http/path.ts'
import { webhookAbout as about, type WebhookKind, webhookKinds } from './about.ts'
import { readKeys } from './signature.ts'

export interface WebhookSettings {
  /** Where the receiver is: what comes before the last part of its path, and that part. */
  baseUrl: string
  target: Path
  /** For sentences: `ops.example/k1ctl`. */
  place: string
  host: string
  keys: Buffer[]
  /** In canonical order. */
  kinds: WebhookKind[]
  reads: boolean
}

/** @throws K1Error `not-set-up` that names the setting, `usage` for a URL that will not do */
export function readSettings(settings: Readonly<Record<string, string>>): WebhookSettings {
  const url = given(settings, 'url')
  const { host } = parseBaseUrl(url, 'the webhook')
  const { origin, pathname } = new URL(url)
  // A path is taken as it is, with its slash at the end or without: receivers tell /hook from /hook/.
  const cut = pathname.lastIndexOf('/')
  return {
    baseUrl: origin + pathname.slice(0, cut),
    target: leafOf(pathname.slice(cut + 1)),
    place: host + (pathname === '/' ? '' : pathname),
    host,
    keys: readKeys(given(settings, 'secret')),
    kinds: readKinds(settings.kinds ?? ''),
    reads: readAnswer(settings.reads ?? ''),
  }
}

function leafOf(leaf: string): Path {
  if (leaf === '') return path`/`
  try {
    return path`/${decodeURIComponent(leaf)}`
  } catch (cause) {
    throw new K1Error('usage', `The path of the webhook's URL ends in "${leaf}", which is not percent-encoded text.`, {
      cause,
    })
  }
}

function readKinds(text: string): WebhookKind[] {
  const words = text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter(word => word !== '')
  const unknown = words.find(word => !webhookKinds.some(kind => kind === word))
  if (unknown !== undefined) {
    throw new K1Error('not-set-up', `A webhook is never asked for "${unknown.slice(0, 40)}".`, {
      hint: `The setting kinds takes: ${webhookKinds.join(', ')}.`,
      facts: { setting: 'kinds' },
    })
  }
  return words.length === 0 ? ['sign-in-blocked'] : webhookKinds.filter(kind => words.includes(kind))
}

function readAnswer(text: string): boolean {
  const word = text.trim().toLowerCase()
  if (word === '' || word === 'yes') return true
  if (word === 'no') return false
  throw new K1Error('not-set-up', 'The setting reads of a webhook is yes or no.', {
    hint: 'yes: the receiver can tell how things are. no: it only takes messages.',
    facts: { setting: 'reads' },
  })
}

function given(settings: Readonly<Record<string, string>>, key: string): string {
  const value = (settings[key] ?? '').trim()
  if (value !== '') return value
  throw new K1Error('not-set-up', `The connection to the webhook has no ${key}.`, {
    hint: `Set it up: k1ctl connect ${about.id} --name NAME`,
    facts: { setting: key },
  })
}
