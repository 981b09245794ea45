import { K1Error } from '../core/errors.ts'
import { exitCodes } from '../core/exit.ts'
import { environmentName, type SettingField } from '../core/system.ts'
import { laidOut } from '../render/layout.ts'
import { type CommandSpec, type Context, type GroupSpec, isGroup } from './command.ts'
import { helpWidth, row } from './root-help.ts'
import { safetyText } from './safety.ts'

interface Topic {
  name: string
  summary: string
  text(context: Context): Promise<string>
}

const topics: readonly Topic[] = [
  {
    name: 'exit-codes',
    summary: 'what each exit code means',
    text: async () => exitCodes.map(({ code, meaning }) => `${String(code).padStart(5)}  ${meaning}`).join('\n'),
  },
  {
    name: 'environment',
    summary: 'the variables that k1ctl reads',
    text: context => environmentText(context, helpWidth(context.app.stdout)),
  },
  {
    name: 'output',
    summary: 'stdout, stderr and machine formats',
    text: async () =>
      [
        'stdout is data, stderr is talk. --json is one document; --output ndjson one object a line; --output csv has a',
        'header and quotes what a spreadsheet would run. Machine formats never ask: a change then needs --yes.',
        '',
        '--jq EXPRESSION goes over that JSON with jq itself (1.8; nothing to install), and implies --json. Texts are printed',
        'as they are, other values as JSON, a line each; what nobody sees in a text is shown, so that no name begins a line.',
        '  k1ctl status --all-tenants --jq \'.[] | select(.state == "off") | "\\(.tenant): \\(.title)"\'',
        "  k1ctl runs list --jq '.[] | [.run, .verdict] | @tsv'",
        '--template TEMPLATE prints what a Liquid template (liquidjs.com) makes of the same JSON. A list, and whatever else the',
        'JSON is, is called it; members of an object are at hand by themselves, too. {{ "\\n" }} ends a line. No file is read;',
        'a template in a file: --template "$(cat FILE)". Lists and objects are printed as JSON, what is not there as nothing.',
        `  k1ctl tenant list --template '{% for one in it %}{{ one.name }}: {{ one.systems | join: ", " }}{{ "\\n" }}{% endfor %}'`,
        `  k1ctl status --all-tenants --template '{{ it | where: "state", "off" | size }} are off'`,
        "  k1ctl runs report last --template '{{ run }}: {{ verdict }}'",
        'With --output ndjson both go over each line. What cannot be read is refused before anything is done (exit 2).',
        '',
        'status   [{tenant, system, feature, title, state, reach, detail, next, readAt}]',
        '         state: on, off, by-hand, unsupported, unreachable; reach: api, contract, by-hand',
        'change   {run, verdict, results: [{goal, tenant, system, feature, reach, summary, end, proved, at,',
        '         differences: [{what, before, after}], why?, hint?, steps?, reading?}], unreached: [{tenant, system, why}]}',
        '         verdict: proved, unproved, pending, incomplete;',
        '         end: changed, already, refused, by-hand, pending, failed, unknown',
        'dry run  {goals: [{goal, …, standing, action, differences, warnings, why, hint, steps}], unreached}',
        'leaver   of offboard --dry-run: {person, tenant, name, accounts, goals: [{goal, system, kind, phase, summary, reach,',
        '         standing, reading, differences, warnings, steps}], unreached, refused, hint, residual, searched, notConnected};',
        '         phase: keep out, take away, devices, delete',
        'offboard ndjson: {type: plan | intent | outcome | proof, run, person, tenant, …}, and last',
        '         {type: report, run, verdict, people: [{person, tenant, name, verdict, why?}]}',
        '         json: {run, verdict, people: [{person, tenant, name, verdict, results, unreached, residual,',
        '         searched, notConnected, why?, hint?}]}',
        '         searched: [{system, by, accounts, words?, within?, steps?, blind?, note?}], how each system was searched',
        '         a verdict may also be unknown-person; a result also has person and kind',
        'posture check [{deviation, tenant, system, feature, title, state, wanted, found, reach, why, next, file, line,',
        '         readAt, accepted: {reason, by, since, until, found}?, attested: {by, at, days, note, file, sha256}?}]',
        '         state: deviates, no-answer, sign-in-refused, locked-secret, not-connected, by-hand, stale, unlicensed,',
        '         accepted, attested, holds; also as SARIF 2.1.0 and JUnit (--format)',
        'orphans  [{tenant, system, login, email, name, authority, state, next}]; state: gone, disabled',
        'unlock   {until, agent}: ISO time, a process id; lock {wasUnlocked}',
        'error    {error: {kind, message, hint, exitCode, …}}',
        '',
        'Off a terminal there is no colour and no spinner, and times are ISO. A closed pipe is no error.',
      ].join('\n'),
  },
  {
    name: 'safety',
    summary: 'what k1ctl promises, which test holds it, and where the limits are',
    text: async () => safetyText(),
  },
  {
    name: 'secrets',
    summary: 'where secrets come from and where they are kept',
    text: async () =>
      [
        'From the environment first, then from where connect kept them: the keyring of this machine (asked for two seconds',
        'at most), else a file sealed with a passphrase (AES-256-GCM, scrypt; K1CTL_PASSPHRASE, else k1ctl unlock,',
        'else a prompt). Plain text only with --keep plain, and k1ctl connections says so. With --secret-from the tool of a vault',
        'is run each time, and only its command line is kept; K1CTL_SECRET_COMMAND does that for all connections',
        'that are made with it. Words with {tenant}, {system} and {field} in them are filled in:',
        "  1Password   op read 'op://MSP/{system}/{field}'",
        '  Bitwarden   bw get password {system}',
        '  Azure       az keyvault secret show --vault-name msp --name {system} --query value --output tsv',
        '  AWS         aws secretsmanager get-secret-value --secret-id {system} --query SecretString --output text',
        'There is no shell; it has 30 seconds; its output is trimmed, and nothing of it is shown. Secrets are never on a command',
        'line, in a log, an error, or the ledger.',
      ].join('\n'),
  },
  {
    name: 'reach',
    summary: 'published API, contract, by hand',
    text: async () =>
      [
        'api       the vendor publishes an API for it.',
        'contract  nobody publishes one. An endpoint that you run and configure speaks a contract that this project publishes:',
        '          k1ctl systems contract graphus (or webhook). It is not an API of Kaseya.',
        'by-hand   k1ctl prints the steps for the console; a person does them. Exit 3.',
      ].join('\n'),
  },
  {
    name: 'sandbox-control',
    summary: 'control a running sandbox: its calls, faults and state',
    async text({ app }) {
      const quirks = (await app.sandboxQuirks()).flatMap(({ system, quirks }) => [
        `    ${system}`,
        ...quirks.flatMap(({ name, what, source }) => [`      ${name}`, `        ${what}`, `        (${source})`]),
      ])
      return [
        'Each system of `k1ctl sandbox start --json` has a url and a control URL. Below control:',
        '  GET    calls    [{system, method, path, status, at, …}] in the order of arrival; DELETE empties it',
        '  POST   faults   {method?, path?, write?, times?, skip?, status?, headers?, body?, delayMs?, lateMs?, drop?, error?,',
        '                  echo?, hang?, omit?, extra?}: path is a regular expression; write strikes only calls that could',
        '                  change something, or only the others; times is 1, or 0 for always; drop is "before" or "after" it',
        '                  acted; echo says back what was sent; extra adds an unknown member to every object',
        '  DELETE faults   ends them',
        '  POST   reset    back to the seed',
        '  GET    state    everything that the simulator knows',
        '  POST   quirks   {NAME: true}: from now on it misbehaves as the real one is documented to, or was reported to:',
        ...quirks,
      ].join('\n')
    },
  },
]

export const topicList: readonly { name: string; summary: string }[] = topics
export const topicNames: readonly string[] = topics.map(t => t.name)

export const helpCommand: CommandSpec = {
  name: 'help',
  args: '[topic...]',
  summary: 'help on a command, a topic, or a system',
  details: `Topics:\n${aligned(topics.map(t => [t.name, t.summary]))}\n\nSystems: each has a page with its goals, rights, settings, limits (k1ctl systems lists them).`,
  examples: ['k1ctl help exit-codes', 'k1ctl help jit defaults set', 'k1ctl help aws'],
  async run(context) {
    const { app, words, output, call } = context
    const named = words.rest(0)
    const text = named.length === 1 ? await textAbout(named[0] ?? '', context) : undefined
    if (text !== undefined) {
      await output.show(laidOut(`${text.trimEnd()}\n`))
      return 0
    }
    await commandNamed(context, named)
    return call([...named, '--help'], app)
  },
}

/** Every variable that k1ctl reads, a row each. */
export async function environmentText({ app }: Pick<Context, 'app'>, width: number): Promise<string> {
  const fixed: [string, string][] = [
    ['K1CTL_HOME', 'where configuration and ledger are kept (else your user folders)'],
    ['K1CTL_STORE', "a team's PostgreSQL: postgres://user@host/database; files: this user's own"],
    ['K1CTL_TENANT', 'whose tenant, where --tenant is not given'],
    ['K1CTL_PASSPHRASE', 'opens the sealed secrets'],
    ['K1CTL_SECRET_COMMAND', 'a tool that prints the secrets of connections: k1ctl help secrets'],
    ['K1CTL_CA_FILE', 'more certificate authorities to trust (PEM)'],
    ['K1CTL_TIMEOUT', 'how long one call may take, with its retries, in seconds (default 30)'],
    ['HTTPS_PROXY, NO_PROXY', 'a proxy; loopback is never proxied'],
    ['K1CTL_OUTPUT', 'how lists are printed: table, json, ndjson or csv'],
    ['K1CTL_CONCURRENCY', 'how many people are offboarded at once (default 4)'],
    ['K1CTL_ZONE', 'of the times that you give, as Europe/Berlin'],
    ['NO_COLOR, FORCE_COLOR', 'colours off, or on'],
    ['K1CTL_PAGER, PAGER', 'turns pages at a terminal (default less); empty, or --no-pager: none'],
    ['LC_ALL, LC_CTYPE, LANG', 'a terminal whose locale has no UTF-8 gets ASCII'],
    ['CI', 'when set, nothing is asked'],
  ]
  const { all } = await app.systems()
  const settings = all.flatMap(({ about }) =>
    about.settings.map((f): [string, string] => [
      environmentName(about.id, f.key),
      `${about.title}: ${f.label}${noteOn(f)}`,
    ]),
  )
  return `${aligned([...fixed, ...settings], width)}\n\nSettings of a system win over what is stored, for a call that is about one tenant.\nWhat you prefer can be kept: k1ctl config.`
}

/** A topic, or the page of a system; commands win over systems that are called alike. */
async function textAbout(word: string, context: Context): Promise<string | undefined> {
  const topic = topics.find(t => t.name === word)
  if (topic) return topic.text(context)
  if (context.entries.some(e => e.name === word)) return undefined
  const { find, byHand } = await context.app.systems()
  const wanted = word.toLowerCase()
  const system = find(word) ?? byHand.find(({ about }) => about.id === wanted || about.title.toLowerCase() === wanted)
  return system?.page()
}

/** The command of `k1ctl help jit defaults set`: each word must lead on. @throws K1Error `usage` */
export async function commandNamed(
  { app, entries }: Pick<Context, 'app' | 'entries'>,
  named: readonly string[],
): Promise<CommandSpec | GroupSpec | undefined> {
  let known: readonly string[] = [...entries.map(e => e.name), ...topics.map(t => t.name)]
  let spec: CommandSpec | GroupSpec | undefined
  for (const [i, word] of named.entries()) {
    if (!known.includes(word)) {
      const path = named.slice(0, i).join(' ')
      const near = await app.nearest(word, known)
      throw new K1Error('usage', `There is no command${path ? ` ${path}` : ' and no topic called'} ${word}.`, {
        hint: near.length > 0 ? `Did you mean ${near.join(', or ')}?` : `See k1ctl ${path ? `${path} ` : ''}--help.`,
        facts: { near },
      })
    }
    spec =
      spec && isGroup(spec)
        ? spec.commands.find(c => c.name === word)
        : await entries.find(e => e.name === word)?.load()
    known = spec && isGroup(spec) ? spec.commands.map(c => c.name) : []
  }
  return spec
}

function aligned(rows: readonly (readonly [string, string])[], width = 100): string {
  const column = Math.max(...rows.map(([name]) => name.length)) + 2
  return rows
    .map(([name, text]) => row(name, text, column, width))
    .join('')
    .trimEnd()
}

function noteOn({ secret, file }: SettingField): string {
  if (file) return secret ? ' (secret, or its path)' : ' (or its path)'
  return secret ? ' (secret)' : ''
}
