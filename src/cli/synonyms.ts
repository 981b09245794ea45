/** What people type who know other tools, and the command that does it here. */
const synonyms: Readonly<Record<string, string>> = {
  auth: 'k1ctl connections shows how each system is signed in to; k1ctl connect <system> signs in.',
  delete: 'k1ctl offboard <person> --delete',
  disable: 'k1ctl jit disable <module>, or another feature: see k1ctl --help.',
  enable: 'k1ctl unified-login enable <module>, or another feature: see k1ctl --help.',
  history: 'k1ctl runs list',
  init: 'k1ctl tenant add <name>, then k1ctl connect <system>',
  list: 'k1ctl tenant list, k1ctl connections or k1ctl runs list.',
  log: 'k1ctl runs list',
  login: 'k1ctl connect <system>',
  logout: 'k1ctl disconnect <system>',
  logs: 'k1ctl runs list',
  ls: 'k1ctl tenant list, k1ctl connections or k1ctl runs list.',
  remove: 'k1ctl offboard <person>, k1ctl disconnect <system> or k1ctl tenant remove <name>.',
  report: 'k1ctl runs report last',
  resume: 'k1ctl runs resume last',
  setup: 'k1ctl tenant add <name>, then k1ctl connect <system>',
  suspend: 'k1ctl offboard <person>',
  tenants: 'k1ctl tenant list',
  undo: 'k1ctl runs undo last',
  user: 'k1ctl people find <text>',
  users: 'k1ctl people find <text>',
  verify: 'k1ctl runs verify last',
  version: 'k1ctl --version',
  whoami: 'k1ctl connections shows how each system is signed in to.',
}

/** Options that other tools have, and what they are here. */
const optionSynonyms: Readonly<Record<string, string>> = {
  '--query': "--jq, as in --jq '.[].tenant' (k1ctl help output)",
  '--filter': '--jq, as in --jq \'.[] | select(.tenant == "NAME")\' (k1ctl help output)',
  '-q': '--quiet, or --jq EXPRESSION.',
  '-v': '--version, or --debug to see each request.',
  '--verbose': '--debug shows each request.',
  '--silent': '--quiet',
  '--force': '--yes consents; --dry-run shows before.',
  '--password': 'Secrets are never on a command line: k1ctl connect asks, or takes --password-stdin.',
  '--token': 'Secrets are never on a command line: k1ctl connect asks. See k1ctl help secrets.',
}

/** For an option as it was typed, without its value. */
export function optionSynonymOf(option: string): string | undefined {
  return Object.hasOwn(optionSynonyms, option) ? optionSynonyms[option] : undefined
}

export function synonymOf(word: string): string | undefined {
  const known = word.toLowerCase()
  return Object.hasOwn(synonyms, known) ? synonyms[known] : undefined
}
