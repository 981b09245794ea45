import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'
import type { ConnectionRecord, ProtectedRecord, SecretAddress, TenantRecord } from '../core/stores.ts'

/**
 * All of the configuration file. Version 2 has `protected`: a k1ctl that would not heed it must not go on. A file
 * without protected people is written as version 1. Version 3 has `leaving`, version 4 protected people's accounts,
 * version 5 to whom a connection leads (`at`), and secrets from a command, version 6 what somebody else has to approve,
 * version 7 the zones of tenants, version 8 an approval for Require Log In.
 */
export interface Config {
  version: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
  tenants: TenantRecord[]
  /** The chosen tenant's name, as `tenants` spells it. */
  current?: string
  connections: ConnectionRecord[]
  protected?: ProtectedRecord[]
  /** Secrets that no connection uses, and that still have to be removed. */
  leaving?: SecretAddress[]
}

// zod/mini here: for this schema it costs a third of what zod does at start-up, and every command reads this file.
const text = z.string().check(z.minLength(1))

const schema = z.strictObject({
  version: z.literal([1, 2, 3, 4, 5, 6, 7, 8]),
  tenants: z.array(
    z.strictObject({
      name: text,
      domains: z.array(text),
      zone: z.exactOptional(text),
      approval: z.exactOptional(
        z.strictObject({
          delete: z.exactOptional(z.literal(true)),
          erase: z.exactOptional(z.literal(true)),
          people: z.exactOptional(z.int()),
          requireLogIn: z.exactOptional(z.literal(true)),
        }),
      ),
    }),
  ),
  current: z.exactOptional(text),
  connections: z.array(
    z.strictObject({
      tenant: text,
      system: text,
      settings: z.record(z.string(), z.string()),
      secretRef: z.exactOptional(text),
      secretFields: z.array(text),
      place: z.enum(['keyring', 'sealed', 'plain', 'environment', 'command']),
      command: z.exactOptional(z.array(z.string())),
      as: z.string(),
      at: z.exactOptional(text),
      connectedAt: z.iso.datetime({ offset: true }),
    }),
  ),
  protected: z.exactOptional(
    z.array(
      z.strictObject({
        person: text,
        tenant: z.exactOptional(text),
        reason: z.exactOptional(text),
        accounts: z.exactOptional(
          z.array(z.strictObject({ tenant: text, system: text, id: text, words: z.array(text) })),
        ),
      }),
    ),
  ),
  leaving: z.exactOptional(z.array(z.strictObject({ ref: text, place: z.enum(['keyring', 'sealed', 'plain']) }))),
})

export interface ConfigParser {
  /** As `parseConfig`. */
  parse(source: string): Config
  /** What was checked, and is about to be written as this text. */
  remember(source: string, config: Config): void
}

/** Knows its last two texts again: one change asks for old and new some six times, and a check costs more than the disk. */
export function openParser(path: string): ConfigParser {
  let known: { source: string; config: Config }[] = []
  const remember = (source: string, config: Config): Config => {
    known = [{ source, config }, ...known.slice(0, 1)]
    return config
  }
  return {
    parse: source => known.find(one => one.source === source)?.config ?? remember(source, parseConfig(source, path)),
    remember,
  }
}

const versionSchema = z.object({ version: z.number() })

/**
 * The file's text as a `Config`.
 * @throws K1Error `storage` that names the file and the first member that is wrong
 */
function parseConfig(source: string, path: string): Config {
  let value: unknown
  try {
    // Notepad puts a byte order mark in front when somebody edits the file there.
    value = JSON.parse(source.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw broken(path, `is not valid JSON${whereIn(source, error)}`, {}, error)
  }
  const version = versionSchema.safeParse(value)
  if (version.success && version.data.version > 8) {
    throw new K1Error('storage', `The configuration file ${path} was written by a newer k1ctl.`, {
      hint: 'Update k1ctl, or point K1CTL_HOME at another folder.',
      facts: { path, version: version.data.version },
    })
  }
  const config = findWrong(value)
  if (typeof config === 'string') throw broken(path, `is wrong at ${config}`, { member: config })
  return config
}

/** The least version that says all of it: an older k1ctl that would not heed it must not go on. */
export function withVersion({ version: _, ...rest }: Config): Config {
  if (rest.tenants.some(t => t.approval?.requireLogIn)) return { ...rest, version: 8 }
  if (rest.tenants.some(t => t.zone !== undefined)) return { ...rest, version: 7 }
  if (rest.tenants.some(t => t.approval !== undefined)) return { ...rest, version: 6 }
  if (rest.connections.some(c => c.at !== undefined || c.place === 'command')) return { ...rest, version: 5 }
  if (rest.protected?.some(p => p.accounts !== undefined)) return { ...rest, version: 4 }
  if (rest.leaving !== undefined) return { ...rest, version: 3 }
  return { ...rest, version: rest.protected === undefined ? 1 : 2 }
}

/** What is about to be written has to be readable again. */
export function checkConfig(config: Config): Config {
  const checked = findWrong(config)
  if (typeof checked === 'string') {
    throw new K1Error('internal', `Refused to write a configuration that could not be read again: ${checked}.`, {
      hint: 'This is a defect in k1ctl; the file is as it was.',
    })
  }
  return checked
}

/** The configuration, or a sentence about the first member that is wrong. */
function findWrong(value: unknown): Config | string {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    if (issue === undefined) return 'its top'
    const at = issue.path.map(String).join('.') || 'its top'
    if (issue.code === 'invalid_type') return `${at} (expected ${issue.expected})`
    if (issue.code === 'unrecognized_keys') return `${at} (unknown member "${issue.keys[0] ?? ''}")`
    if (issue.code === 'invalid_value')
      return `${at} (expected ${issue.values.map(v => JSON.stringify(v)).join(' or ')})`
    return `${at} (empty or malformed)`
  }
  const names = new Set<string>()
  const twice = parsed.data.tenants.findIndex(({ name }) => names.size === names.add(name.toLowerCase()).size)
  if (twice >= 0) return `tenants.${twice}.name (there are two tenants of this name)`
  return parsed.data
}

function broken(path: string, how: string, facts: Record<string, unknown>, cause?: unknown): K1Error {
  return new K1Error('storage', `The configuration file ${path} ${how}.`, {
    hint: 'Correct it by hand, or move it away and connect again. k1ctl leaves it as it is.',
    facts: { path, ...facts },
    cause,
  })
}

/** ", line 3, column 5" where the parser says so; its own message would quote the file. */
function whereIn(source: string, error: unknown): string {
  const position = error instanceof Error ? /position (\d+)/.exec(error.message)?.[1] : undefined
  if (position === undefined) return ''
  const before = source.slice(0, Number(position)).split('\n')
  return `, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}
