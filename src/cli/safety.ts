/** Something that k1ctl keeps to, and the tests that hold it there. */
export interface Promised {
  says: string
  /** Paths from the root of the repository. */
  tests: readonly string[]
}

/** Printed by `k1ctl help safety` and in the README, so that both say the same. */
export const promises: readonly Promised[] = [
  {
    says: 'Nothing is said to be done that was not read back.',
    tests: ['test/engine/execute.test.ts', 'test/engine/verdict.test.ts'],
  },
  {
    says:
      'Every change: look, plan, consent, write the intent to the ledger, change, read back, write the proof. ' +
      'Where nobody can be asked, nothing is changed without --yes.',
    tests: ['test/cli/consent.test.ts'],
  },
  {
    says:
      'Require Log In is refused when nobody could get in without KaseyaOne any more, or when the account of k1ctl ' +
      'is not excepted; any feature before Log In with KaseyaOne; Log In off while another feature needs it.',
    tests: ['test/posture/guard.test.ts', 'test/cli/guard-rails.test.ts'],
  },
  {
    says: 'What somebody else changed since you looked is never overwritten: you are told what it was.',
    tests: ['test/cli/two-operators.test.ts'],
  },
  {
    says:
      'A change whose answer was lost is unknown (exit 3), and is not sent again before looking: k1ctl runs resume. ' +
      'Killed at any moment, a run goes on without losing or repeating a change.',
    tests: ['test/cli/lost-answer.test.ts', 'test/kill/kill.js'],
  },
  {
    says:
      'Nothing is done beyond what was agreed to: options, limits, people, accounts and goals are in the consent entry ' +
      'of the ledger, and the run, its resume and a plan file are held to it. A plan that was edited is refused.',
    tests: ['test/hostile/plan-file.test.ts'],
  },
  {
    says:
      'The operator, protected people and last administrators are not offboarded: they are looked for in all that is ' +
      'connected. Where nobody can read whether an administrator is the last, their block is held, told first, and ' +
      'sent by --block-anyway. Two people who match one name are refused. A mail domain has to belong to the tenant.',
    tests: ['test/cli/protected-person.test.ts', 'test/cli/offboard-guards.test.ts', 'test/cli/held-block.test.ts'],
  },
  {
    says:
      'Nothing is taken away before the person is kept out of every system that can block them; where a block ' +
      'failed, the rest waits, unless --rest-anyway says otherwise. Deleting happens only with --delete, last, and never ' +
      'before sign-in is blocked everywhere.',
    tests: ['test/offboarding/order.test.ts', 'test/property/offboard.test.ts'],
  },
  {
    says: 'Devices are erased only with --devices erase, and a run does not ask for it twice unless told to (--resend).',
    tests: ['test/systems/jumpcloud-devices.test.ts', 'test/engine/execute.test.ts', 'test/kill/kill.js'],
  },
  {
    says: 'Secrets appear in no argument, log, error, report or ledger, and go when the connection goes.',
    tests: ['test/hostile/secrets.test.ts', 'test/kill/stores.js'],
  },
  {
    says: 'Text from a server, a file or a person cannot drive your terminal, forge a line, or run in a spreadsheet.',
    tests: ['test/hostile/every-command.test.ts', 'test/hostile/border.test.ts', 'test/render/csv.test.ts'],
  },
  {
    says: 'TLS, or loopback; nothing else, and no variable switches certificates off.',
    tests: ['test/hostile/tls.test.ts', 'test/http/tls.test.ts'],
  },
  {
    says: 'What is kept is for you alone, and written whole or not at all: on a full disk the exit code says that it was not.',
    tests: ['test/hostile/full-disk.js', 'test/store/private-file.test.ts'],
  },
  {
    says: 'Two at once lose nothing of each other, whatever their clocks say; one person, one run.',
    tests: ['test/hostile/crowd.test.ts', 'test/process/two-runs.test.ts'],
  },
  {
    says: 'A ledger or date that was changed says so before anything is done with it.',
    tests: ['test/hostile/ledgers.test.ts', 'test/hostile/dated-entries.test.ts'],
  },
  {
    says: 'Ctrl-C and SIGTERM end every call within a second, whatever is being read.',
    tests: ['test/hostile/signals.test.ts', 'test/process/interrupted.test.ts'],
  },
]

/** What no program of this kind can promise. */
export const limits: readonly string[] = [
  'Whoever may write the folder (K1CTL_HOME) can rebuild a whole ledger, hashes and all: the chain shows accidents, and edits by ' +
    'those who do not compute it anew. Evidence against its own operator belongs elsewhere too: copy ' +
    'reports and ledgers to where they cannot write.',
  'Root on the machine, and whoever runs programs as you, can read every secret that this program can.',
  'Times are those of this machine: no lock and no order depends on its clock, but when a date is due and evidence was seen does.',
  'Another host with another home knows nothing of the runs of this one: operators on two machines are kept apart only ' +
    'by what the systems refuse, and by the look right before each change.',
  'On a network file system a lock is taken over from a holder that was not seen to renew it for 20 seconds: keep the ' +
    'folder on a local disk.',
  'What a person attests by hand is their word, told as such until a system confirms it.',
]

export function safetyText(): string {
  const promised = promises.flatMap(({ says, tests }) => [
    ...wrappedLines(says, '* '),
    ...wrappedLines(tests.join(', '), '    '),
  ])
  return [
    'Each promise, and the test in the repository that holds it:',
    ...promised,
    '',
    'And the limits:',
    ...limits.flatMap(limit => wrappedLines(limit, '* ')),
  ].join('\n')
}

/** Lines of at most 118 characters; all but the first begin below its first word. */
export function wrappedLines(text: string, first: string): string[] {
  const lines: string[] = []
  let line = first
  for (const word of text.split(' ')) {
    const isFresh = line === first || line.trim() === ''
    if (!isFresh && line.length + 1 + word.length > 118) {
      lines.push(line)
      line = ' '.repeat(first.length) + word
    } else line += isFresh ? word : ` ${word}`
  }
  return [...lines, line]
}
