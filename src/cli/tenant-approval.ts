import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { ApprovalRule } from '../core/stores.ts'
import type { CommandSpec } from './command.ts'
import { tenantNamed } from './tenant-name.ts'
import { wholeNumber } from './words.ts'

export const approvalCommand: CommandSpec = {
  name: 'approval',
  args: '<name>',
  summary: 'what somebody else has to approve; without an option: shows it',
  details:
    'Whoever asks for it then only asks: it is done when somebody else says k1ctl approve. What is said replaces what was ' +
    'said before. Whoever may write the configuration may also take a rule away.',
  options: [
    {
      flags: '--for <what>',
      summary: 'delete (accounts), erase (devices), people=N: more than N at once, require-log-in (repeatable)',
      repeat: true,
    },
    { flags: '--none', summary: 'nothing needs an approval any more' },
  ],
  takes: ['output'],
  examples: [
    "k1ctl tenant approval 'Northwind Dental' --for delete --for people=5",
    "k1ctl tenant approval 'Northwind Dental' --for require-log-in",
    "k1ctl tenant approval 'Northwind Dental'",
    "k1ctl tenant approval 'Northwind Dental' --none",
  ],
  async run(context) {
    const { app, words, output } = context
    const { name } = await tenantNamed(context, words.required(0, 'The name'))
    const wanted = words.list('for').flatMap(text => text.split(','))
    if (wanted.length > 0 && words.flag('none'))
      throw new K1Error('usage', '--for and --none contradict each other.', {
        hint: `k1ctl tenant approval ${quoted(name)} --for delete`,
      })
    const config = await app.config()
    if (words.flag('none')) await config.updateTenant(name, { approval: null })
    else if (wanted.length > 0) await config.updateTenant(name, { approval: ruleOf(wanted) })
    const rule = config.tenant(name)?.approval
    if (output.forMachine) output.json({ name, approval: rule ?? null })
    else output.write(`${name}: ${rule ? approvalText(rule) : 'nothing needs an approval'}\n`)
    return 0
  },
}

function ruleOf(wanted: readonly string[]): ApprovalRule {
  const rule: ApprovalRule = {}
  for (const word of wanted) {
    const [what, number] = word.trim().split('=')
    if (what === 'people') rule.people = wholeNumber('--for people=N', number ?? '', { least: 0, most: 1_000_000 })
    else if (number === undefined && what === 'require-log-in') rule.requireLogIn = true
    else if (number === undefined && (what === 'delete' || what === 'erase')) rule[what] = true
    else {
      throw new K1Error('usage', `--for takes delete, erase, people=N or require-log-in, not "${word}".`, {
        hint: '--for people=5',
      })
    }
  }
  return rule
}

/** "somebody else has to approve deleting accounts, more than 5 people at once". */
export function approvalText({ delete: deletes, erase, people, requireLogIn }: ApprovalRule): string {
  const what = [
    ...(deletes ? ['deleting accounts'] : []),
    ...(erase ? ['erasing devices'] : []),
    ...(people === undefined ? [] : [people === 0 ? 'every offboarding' : `more than ${people} people at once`]),
    ...(requireLogIn ? ['changes of Require Log In'] : []),
  ]
  return `somebody else has to approve ${what.join(', ')}`
}
