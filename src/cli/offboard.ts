import { deviceFates } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import type { CommandSpec, Context } from './command.ts'
import { chooseLeaver } from './leaver-choice.ts'
import { rightNow, timeOfCall } from './leaving-time.ts'
import { carryOutPlanFile } from './offboard-agreed.ts'
import { withApproval } from './offboard-approval.ts'
import { askFirst, planOnly } from './offboard-ask.ts'
import { agreeForLater } from './offboard-dated.ts'
import { optionsFrom } from './offboard-options.ts'
import { carryOutAll, groundFor, peopleOfCall } from './offboard-run.ts'
import { withSessions } from './sessions.ts'
import { chooseTenants } from './tenant-choice.ts'
import { ticketNoteOption } from './ticket-note.ts'

export const offboardCommand: CommandSpec = {
  name: 'offboard',
  args: '[people...]',
  summary: 'end the access of people everywhere that is connected, and prove it',
  details:
    'People are e-mails or log-ins: arguments, - for stdin, or --from FILE (one a line, NDJSON, or CSV with header).\n' +
    'Without any, at a terminal, they are looked for by a part of the name, and picked from a list.\n' +
    'Suspends by default; deletes only with --delete. Each person has a verdict; one that is not proved makes exit 3.',
  options: [
    { flags: '--from <file>', summary: 'people from a file' },
    { flags: '--column <name>', summary: 'the CSV column that names the person' },
    { flags: '--only <system>', summary: 'only this system (repeatable, or several with commas)', repeat: true },
    { flags: '--except <system>', summary: 'not this system (repeatable, or several with commas)', repeat: true },
    { flags: '--delete', summary: 'also delete accounts, at the end; cannot be undone' },
    { flags: '--successor <mail>', summary: 'who gets the data, where a system can hand it over; or the word manager' },
    { flags: '--cancel-meetings', summary: 'call off the meetings that they organised; cannot be undone' },
    {
      flags: '--devices <what>',
      summary: 'release (default), or also lock or erase the devices of the person; erasing cannot be undone',
      choices: [...deviceFates],
    },
    {
      flags: '--rest-anyway',
      summary: 'take away groups, access and devices also where a sign-in could not be blocked (else they wait)',
    },
    {
      flags: '--block-anyway',
      summary: 'block also an administrator of whom nobody could read whether they are the last (else held, and told)',
    },
    { flags: '--reason <text>', summary: 'why, for the evidence' },
    { flags: '--ticket <id>', summary: 'the ticket, for the evidence' },
    ticketNoteOption,
    { flags: '--wait <seconds>', summary: 'how long to wait for modules that follow KaseyaOne (default 60)' },
    { flags: '--max <n>', summary: 'people a run at the most (default 10)' },
    { flags: '--max-share <percent>', summary: "of a system's accounts at the most (default 25)" },
    { flags: '--concurrency <n>', summary: 'people at once (default 4)' },
    { flags: '--save-plan <file>', summary: 'keep the plan, change nothing' },
    { flags: '--plan <file>', summary: 'carry out a kept plan; refused when what it was made on has changed' },
    { flags: '--at <time>', summary: "agree now, do it then: '2030-12-06 17:00'; k1ctl worker does it" },
    {
      flags: '--date-column <name>',
      summary: 'the column of a list that says when each leaves; days without a time take that of --at 17:00',
    },
    { flags: '--now', summary: 'all of a list now, though a column of it says when they leave' },
    { flags: '--zone <name>', summary: "of that time, as Europe/Berlin (default: the tenant's, else of this machine)" },
    {
      flags: '--if-changed <what>',
      summary: 'stop (default) for a person, or go, when it is not as it was shown by then',
      choices: ['stop', 'go'],
    },
    {
      flags: '--if-late <what>',
      summary: 'go (default), or hold, when it is past its time by more than 15 minutes',
      choices: ['go', 'hold'],
    },
  ],
  takes: ['tenant', 'fleet', 'change', 'list'],
  examples: [
    'k1ctl offboard grace.palmer@northwind-dental.example --dry-run',
    'k1ctl offboard grace.palmer@northwind-dental.example --ticket HR-1042',
    "k1ctl offboard grace.palmer@northwind-dental.example --ticket HR-1042 --ticket-note 'Northwind Dental'",
    "printf 'a@northwind-dental.example\\nb@northwind-dental.example\\n' | k1ctl offboard - --yes --output ndjson",
    'k1ctl offboard --from leavers.csv --column email --all-tenants --max 40 --yes',
    "k1ctl offboard grace.palmer@northwind-dental.example --at '2030-12-06 17:00' --zone Europe/Berlin",
    "k1ctl offboard --from hr-export.csv --date-column 'Last day' --at 17:00 --yes",
  ],
  run: offboardPeople,
}

async function offboardPeople(context: Context): Promise<number> {
  const { words, output } = context
  if (output.format === 'csv')
    throw new K1Error('usage', 'offboard has no CSV output.', { hint: 'Take --output ndjson or --json.' })
  if (words.text('plan') !== undefined) return carryOutPlanFile(context)
  const people = asksWho(context) ? undefined : peopleOfCall(context, words.rest(0))
  const options = await optionsFrom(context)
  const tenants = await chooseTenants(context)
  const time = await timeOfCall(context, tenants)
  const [only, second] = tenants
  output.say(output.talk.dim(only && !second ? `Tenant: ${only.name}` : `Tenants: all ${tenants.length}`))

  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const whom = people ?? peopleOfCall(context, [await chooseLeaver(context, sessions, tenants, options)])
    const ground = await groundFor(context, sessions, tenants, options)
    if (words.flag('dryRun') || words.text('savePlan') !== undefined) return planOnly(context, ground, whom)
    const { rows, approval } = await withApproval(ground, whom, time === undefined)
    if (time || approval) return agreeForLater(context, ground, rows, time ?? rightNow(context), approval)
    if (words.flag('yes')) return carryOutAll(context, ground, rows, { consent: 'flag' })
    return askFirst(context, ground, rows)
  })
}

/** A person at a terminal who names nobody is asked. */
function asksWho({ words, output }: Context): boolean {
  return words.rest(0).length === 0 && words.text('from') === undefined && output.canAsk
}
