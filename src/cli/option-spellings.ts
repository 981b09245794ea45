/**
 * How each option of k1ctl is spelled, for whatever command takes it. A command that spells another one, and one that
 * reads a name that is not spelled here, do not compile.
 */
export const optionSpellings = [
  '--all',
  '--all-tenants',
  '--at <time>',
  '--authority <system>',
  '--block-anyway',
  '--ca-file <pem>',
  '--canary <tenant>',
  '--cancel-meetings',
  '--clobber',
  '--column <name>',
  '--company <name>',
  '--concurrency <n>',
  '--connect',
  '--cron',
  '--date-column <name>',
  '--debug',
  '--delete',
  '--deny',
  '--department <name>',
  '--devices <what>',
  '--domain <domain>',
  '--dry-run',
  '--employee-role <name>',
  '--employment-type <number>',
  '--every <seconds>',
  '--except <system>',
  '--except <user>',
  '--exit-code',
  '--file <file>',
  '-f, --file <file>',
  '--folder <folder>',
  '--for <time>',
  '--for <what>',
  '--forget-left',
  '--format <format>',
  '--from <file>',
  '-h, --help',
  '--if-changed <what>',
  '--if-late <what>',
  '--job-title <name>',
  '--jq <expression>',
  '--json',
  '--keep <place>',
  '--key <file>',
  '--limit <n>',
  '--location <name>',
  '--log <how>',
  '--manager <name>',
  '--max <n>',
  '--max-share <percent>',
  '--max-tenants <n>',
  '--minutes <n>',
  '--name <name>',
  '--no-input',
  '--no-pager',
  '--none',
  '--note <text>',
  '--notify <url>',
  '--now',
  '--offline <packet>',
  '--once',
  '--only <module>',
  '--only <system>',
  '-o, --output <format>',
  '--password-stdin',
  '--person <mail>',
  '--plan <file>',
  '--port <n>',
  '--posture <file>',
  '--quiet',
  '--reason <text>',
  '--refuse',
  '--resend',
  '--rest-anyway',
  '--rights',
  '--role <name>',
  '--save-plan <file>',
  '--secret-from <command>',
  '--security-role <name>',
  '--seed <name>',
  '--set <key=value>',
  '--signers <file>',
  '--since <day>',
  '--state <state>',
  '--successor <mail>',
  '--table',
  '--template <template>',
  '-t, --tenant <name>',
  '--ticket <id>',
  '--ticket-note <tenant>',
  '--timeout <seconds>',
  '--to <file>',
  '--to <folder>',
  '--tsa <url>',
  '--tsa-ca <pem>',
  '--unmatched',
  '--unset <key>',
  '--until <date>',
  '--until <day>',
  '--url <url>',
  '--username <name>',
  '-V, --version',
  '--wait <seconds>',
  '--within <time>',
  '--yes',
  '-y, --yes',
  '--zone <name>',
] as const

export type OptionSpelling = (typeof optionSpellings)[number]

/** `--max-share <percent>` without what stands before and behind: `max-share`. */
type LongName<S extends string> = S extends `${string}--${infer Name} <${string}`
  ? Name
  : S extends `${string}--${infer Name}`
    ? Name
    : never

/** As commander keeps it: `maxShare`. */
type Camel<S extends string> = S extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S

type Valued = Extract<OptionSpelling, `${string}<${string}`>
type Refusing = Extract<OptionSpelling, `--no-${string}`>

/** Options that take a value. */
export type ValueOption = Camel<LongName<Valued>>
/** Options that `--no-…` switches off. */
export type SwitchOption = Refusing extends `--no-${infer Name}` ? Camel<Name> : never
/** All others: there or not. */
export type FlagOption = Camel<LongName<Exclude<OptionSpelling, Valued | Refusing>>>
