import type { CommandSpec, OptionSet, OptionSpec } from './command.ts'

const everywhere: readonly OptionSpec[] = [
  { flags: '--quiet', summary: 'say nothing on stderr but errors' },
  { flags: '--debug', summary: 'show each request on stderr, without secrets' },
  { flags: '--no-input', summary: 'never ask, even at a terminal' },
  { flags: '--no-pager', summary: 'never turn pages, even at a terminal' },
]

const network: readonly OptionSpec[] = [
  { flags: '--ca-file <pem>', summary: 'more certificate authorities to trust' },
  { flags: '--timeout <seconds>', summary: 'how long one call may take, with its retries (default 30)' },
]

const query: readonly OptionSpec[] = [
  { flags: '--jq <expression>', summary: 'what jq makes of the JSON; implies --json' },
  {
    flags: '--template <template>',
    summary: 'what a Liquid template makes of the JSON, which is `it` there; implies --json',
  },
]

const optionSets: Record<OptionSet, readonly OptionSpec[]> = {
  tenant: [
    { flags: '-t, --tenant <name>', summary: 'whose tenant (else K1CTL_TENANT, else the stored choice)' },
    ...network,
  ],
  network,
  fleet: [{ flags: '--all-tenants', summary: 'every tenant, side by side' }],
  output: [{ flags: '--json', summary: 'one JSON document on stdout; never asks' }, ...query],
  query,
  list: [
    {
      flags: '-o, --output <format>',
      summary: 'table, json, ndjson or csv; machine formats never ask',
      choices: ['table', 'json', 'ndjson', 'csv'],
    },
    { flags: '--json', summary: 'short for --output json' },
    ...query,
  ],
  change: [
    { flags: '-y, --yes', summary: 'consent, without being asked' },
    { flags: '--dry-run', summary: 'show before and after, change nothing' },
    { flags: '--exit-code', summary: 'with --dry-run: exit 5 when there is something to do' },
  ],
}

/** All options of a command: its own, those of the sets that it takes, and those of every command. */
export function optionsOf(spec: Pick<CommandSpec, 'options' | 'takes'>): readonly OptionSpec[] {
  return [...(spec.options ?? []), ...(spec.takes ?? []).flatMap(set => optionSets[set]), ...everywhere]
}
