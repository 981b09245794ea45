/** What one operator likes on one machine: it is theirs also where a team shares the rest. */
export interface Preferences {
  /** By key (`pager`, `timeout` …), as it was typed. */
  settings: Readonly<Record<string, string>>
  /** What a word of theirs stands for: words of a call, with `$1` and so on for what follows it. */
  aliases: Readonly<Record<string, string>>
}

export interface PreferenceStore extends Preferences {
  path: string
  /** Computed from what is kept then, under a lock. @throws K1Error `storage`, `busy` */
  change(work: (now: Preferences) => Preferences): Promise<void>
}

/** A setting that may be kept. */
export interface PreferenceField {
  key: string
  summary: string
  /** The environment's word for the same; it wins over what is kept. */
  variable: string
  /** The call's word for the same; it wins over both. */
  flag?: string
  /** What holds where nobody says anything. */
  fallback: string
  values?: readonly string[]
  /** A whole number from and to. */
  bounds?: { least: number; most: number }
}

export const preferenceFields: readonly PreferenceField[] = [
  {
    key: 'pager',
    summary: 'turns pages at a terminal; cat: none',
    variable: 'K1CTL_PAGER',
    flag: '--no-pager',
    fallback: 'less',
  },
  {
    key: 'color',
    summary: 'colours',
    variable: 'NO_COLOR',
    fallback: 'auto',
    values: ['auto', 'always', 'never'],
  },
  {
    key: 'output',
    summary: 'how lists are printed; changes are told in words all the same',
    variable: 'K1CTL_OUTPUT',
    flag: '--output',
    fallback: 'table',
    values: ['table', 'json', 'ndjson', 'csv'],
  },
  {
    key: 'timeout',
    summary: 'how long one call may take, with its retries, in seconds',
    variable: 'K1CTL_TIMEOUT',
    flag: '--timeout',
    fallback: '30',
    bounds: { least: 1, most: 3600 },
  },
  {
    key: 'ca-file',
    summary: 'more certificate authorities to trust (PEM)',
    variable: 'K1CTL_CA_FILE',
    flag: '--ca-file',
    fallback: '',
  },
  {
    key: 'concurrency',
    summary: 'how many people are offboarded at once',
    variable: 'K1CTL_CONCURRENCY',
    flag: '--concurrency',
    fallback: '4',
    bounds: { least: 1, most: 64 },
  },
  {
    key: 'zone',
    summary: 'of the times that you give, as Europe/Berlin',
    variable: 'K1CTL_ZONE',
    flag: '--zone',
    fallback: '',
  },
  {
    key: 'secret-command',
    summary: 'a tool that prints the secrets of connections made from now on (k1ctl help secrets)',
    variable: 'K1CTL_SECRET_COMMAND',
    flag: '--secret-from',
    fallback: '',
  },
]

type Env = Readonly<Record<string, string | undefined>>

/** The variables that stand for what is kept: of each setting that the environment itself says nothing of. */
export function preferredVariables({ settings }: Pick<Preferences, 'settings'>, env: Env): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const { key, variable } of preferenceFields) {
    const value = settings[key]
    if (value === undefined || saysOf(key, env) !== undefined) continue
    if (key !== 'color') variables[variable] = value
    else if (value === 'always') variables.FORCE_COLOR = '1'
    else if (value === 'never') variables.NO_COLOR = '1'
  }
  return variables
}

/** The variable of the environment that decides a setting, before what is kept. */
export function saysOf(key: string, env: Env): string | undefined {
  const names = key === 'color' ? ['FORCE_COLOR', 'NO_COLOR'] : [preferenceFields.find(f => f.key === key)?.variable]
  return names.find(name => name !== undefined && (key === 'pager' ? env[name] !== undefined : env[name]))
}
