import type { CommandSpec, GroupSpec } from './command.ts'

/*
 * The commands of a run, as values: what each of them does is loaded when it is called for, so that a list of runs does
 * not load how to resume one.
 */

const list: CommandSpec = {
  name: 'list',
  summary: 'list past runs, newest first: when, about whom, how it ended, by whom, for which ticket',
  details:
    'Times are UTC. A "?" in the table stands where only both ends of a long ledger were read: show, verify, doctor and --json check each line.',
  options: [
    { flags: '--limit <n>', summary: 'how many at the most (default 20)' },
    { flags: '-t, --tenant <name>', summary: 'only runs about this tenant' },
    { flags: '--person <mail>', summary: 'only runs about this person, as they were named' },
    { flags: '--since <day>', summary: "from this day on, or a time: '2026-11-01 08:00'" },
    { flags: '--until <day>', summary: 'up to the end of this day, or a time' },
    { flags: '--zone <name>', summary: 'of these days, as Europe/Berlin (default: of this machine)' },
  ],
  takes: ['list'],
  examples: [
    'k1ctl runs list',
    'k1ctl runs list --limit 100 --output csv',
    "k1ctl runs list --tenant 'Northwind Dental' --since 2026-11-01",
  ],
  run: async context => (await import('./runs-list.ts')).listRuns(context),
}

const show: CommandSpec = {
  name: 'show',
  args: '<run>',
  summary: 'show a run: what is open first, how each goal ended, and the proof',
  takes: ['output'],
  examples: ['k1ctl runs show last', 'k1ctl runs show 20261121-2014 --json'],
  run: async context => (await import('./runs-show.ts')).showRun(context),
}

const resume: CommandSpec = {
  name: 'resume',
  args: '<run>',
  summary: 'finish a run that was interrupted or is unknown: looks first, sends only what is not there',
  options: [{ flags: '--resend', summary: 'send again what nobody can read back' }],
  takes: ['network', 'output'],
  examples: ['k1ctl runs resume last', 'k1ctl runs resume 20261121-201403-4f2a --json'],
  run: async context => (await import('./runs-verify.ts')).resumeNamed(context),
}

const verify: CommandSpec = {
  name: 'verify',
  args: '[run]',
  summary: 'read every goal of a run again, and check that its ledger was not altered; writes nothing',
  details:
    'With --offline nothing is asked: a sealed run is checked against the keys and the authority that you trust.',
  options: [
    { flags: '--offline <packet>', summary: 'check the folder that runs seal made, instead' },
    { flags: '--signers <file>', summary: 'with --offline: who may sign, as ssh-keygen has it (allowed signers)' },
    { flags: '--tsa-ca <pem>', summary: 'with --offline: the certificate of the time-stamping authority' },
  ],
  takes: ['network', 'output'],
  examples: ['k1ctl runs verify last', 'k1ctl runs verify 20261121-201403-4f2a --json'],
  async run(context) {
    if (context.words.text('offline') !== undefined) return (await import('./runs-seal.ts')).verifyPacket(context)
    return (await import('./runs-verify.ts')).verifyNamed(context)
  },
}

const report: CommandSpec = {
  name: 'report',
  args: '<run>',
  summary: 'the evidence of a run: who, what, when, by whom, what was read before and after',
  details: 'The HTML page is self-contained and prints well. Nothing is asked again: all of it is in the ledger.',
  options: [
    { flags: '--format <format>', summary: 'md (default), html or json', choices: ['md', 'html', 'json'] },
    { flags: '--to <file>', summary: 'write it into a file' },
  ],
  takes: ['query'],
  examples: ['k1ctl runs report last', 'k1ctl runs report last --format html --to evidence.html'],
  run: async context => (await import('./runs-report.ts')).reportRun(context),
}

const attest: CommandSpec = {
  name: 'attest',
  args: '<run> <goal>',
  summary: 'say that you did a step that only a person can do',
  details: 'Written into the ledger with your name. It is never shown as proved; what can be read downstream still is.',
  options: [{ flags: '--note <text>', summary: 'what you did, or where it can be seen (required)' }],
  takes: ['output'],
  examples: [
    "k1ctl runs attest last 'Northwind Dental/grace.palmer@northwind-dental.example/kaseyaone/sign-in-blocked' --note 'Deactivated at 17:10'",
  ],
  run: async context => (await import('./runs-offboarding.ts')).attestGoal(context),
}

const undo: CommandSpec = {
  name: 'undo',
  args: '<run>',
  summary: 'give back what a run took or set and can be given back: sign-in, groups, roles, settings',
  details: 'A run of its own, from the snapshot that the run took. What was deleted stays deleted.',
  takes: ['network', 'change', 'output'],
  examples: ['k1ctl runs undo last --dry-run', 'k1ctl runs undo 20261121-201403-4f2a --yes'],
  run: async context => (await import('./runs-undo.ts')).undoRun(context),
}

const exportOf: CommandSpec = {
  name: 'export',
  summary: 'everybody who left in a period: who agreed, when it was due, when nobody could sign in, what is open',
  details:
    'From the ledgers and the dates alone, a line a person: CSV for a spreadsheet, HTML to look at and to print, JSON. ' +
    'A date that nothing was done on is in it, and who was given their access back. A day is a day of the zone; --until ' +
    'is included. A ledger that cannot be read, or was altered, is named and makes exit 3.',
  options: [
    { flags: '--since <day>', summary: "the first day, or a time: '2026-11-01 08:00' (default: 31 days ago)" },
    { flags: '--until <day>', summary: 'the last day, or a time (default: now)' },
    { flags: '--zone <name>', summary: 'of these days, as Europe/Berlin (default: of this machine)' },
    { flags: '-t, --tenant <name>', summary: 'only this tenant (repeatable)', repeat: true },
    { flags: '--within <time>', summary: 'the target from due to blocked, as 4h, 30m or 2d: says who missed it' },
    { flags: '--format <format>', summary: 'csv (default), html or json', choices: ['csv', 'html', 'json'] },
    { flags: '--to <file>', summary: 'write it into a file' },
  ],
  examples: [
    'k1ctl runs export --since 2026-11-01 --until 2026-11-30 --to november.csv',
    "k1ctl runs export --tenant 'Northwind Dental' --within 4h --format html --to november.html",
  ],
  run: async context => (await import('./runs-export.ts')).exportRuns(context),
}

const seal: CommandSpec = {
  name: 'seal',
  args: '<run>',
  summary: 'sign the ledger of a run, for whoever does not trust this machine; checked without k1ctl, too',
  details:
    'Makes a folder: the ledger byte for byte, its signature by your SSH key (ssh-keygen asks for the passphrase), with --tsa a ' +
    'time stamp of somebody else (RFC 3161), and how to check them. Only a SHA-256 goes to the authority.',
  options: [
    { flags: '--key <file>', summary: 'your private SSH key, or the .pub of one in the agent (required)' },
    { flags: '--tsa <url>', summary: 'a time-stamping authority, as https://freetsa.org/tsr' },
    { flags: '--to <folder>', summary: 'where (default: the id of the run, here)' },
  ],
  takes: ['network', 'output'],
  examples: ['k1ctl runs seal last --key ~/.ssh/id_ed25519 --to packet'],
  run: async context => (await import('./runs-seal.ts')).sealRun(context),
}

export const runsCommand: GroupSpec = {
  name: 'runs',
  summary: 'what was changed, and the proof of it; resume and verify',
  details: 'A run is named by its id, by the beginning of it, or by "last".',
  examples: ['k1ctl runs list', 'k1ctl runs show last', 'k1ctl runs resume last', 'k1ctl runs verify last'],
  commands: [list, show, resume, verify, report, exportOf, seal, attest, undo],
}
