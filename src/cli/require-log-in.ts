import { K1Error } from '../core/errors.ts'
import { changeModule } from './change.ts'
import type { CommandSpec, Context, GroupSpec, OptionSpec } from './command.ts'
import { toggles } from './features.ts'
import { chooseException, chooseModule } from './module-choice.ts'
import { ifChangedOption } from './settings-approval.ts'
import { listExceptions } from './show.ts'
import { askWayIn } from './way-in.ts'

const roleOption: OptionSpec = {
  flags: '--role <name>',
  summary: 'a BMS role, by name or id (repeatable)',
  repeat: true,
}

function edit(mode: 'add' | 'remove' | 'set', summary: string, examples: readonly string[]): CommandSpec {
  return {
    name: mode,
    args: mode === 'add' ? '[module] [users...]' : '<module> [users...]',
    summary,
    options: [roleOption, ifChangedOption],
    takes: ['tenant', 'fleet', 'change', 'output'],
    examples,
    async run(context) {
      const { words, output } = context
      const module = mode === 'add' ? await chooseModule(context, 'require-log-in') : words.required(0, 'The module')
      const named = words.rest(1).map(emailOrLogIn)
      const isAsked = mode === 'add' && named.length + words.list('role').length === 0 && output.canAsk
      const users = isAsked && !words.flag('allTenants') ? [await chooseException(context, module)] : named
      const roles = words.list('role')
      if (users.length + roles.length === 0) {
        throw new K1Error('usage', `Nobody is named to ${mode}.`, {
          hint: 'Name users by e-mail, or BMS roles with --role.',
        })
      }
      return changeModule(context, module, { kind: 'exceptions', mode, users, roles })
    },
  }
}

const exceptions: GroupSpec = {
  name: 'exceptions',
  summary: 'who may still log in without KaseyaOne',
  examples: [
    'k1ctl require-log-in exceptions list bms',
    'k1ctl require-log-in exceptions add bms amy.breakglass@northwind-dental.example',
  ],
  commands: [
    {
      name: 'list',
      args: '<module>',
      summary: 'list excepted users and roles, and who is always exempt',
      takes: ['tenant', 'list'],
      examples: ['k1ctl require-log-in exceptions list dpp', 'k1ctl require-log-in exceptions list bms --json'],
      run: listExceptions,
    },
    edit('add', 'except more users or roles', [
      'k1ctl require-log-in exceptions add bms amy.breakglass@northwind-dental.example',
      "k1ctl require-log-in exceptions add bms --role 'API Employee' --yes",
    ]),
    edit('remove', 'end exceptions', [
      'k1ctl require-log-in exceptions remove bms amy.breakglass@northwind-dental.example',
    ]),
    edit('set', 'make these the only exceptions', [
      'k1ctl require-log-in exceptions set bms amy.breakglass@northwind-dental.example k1ctl-api@northwind-dental.example --dry-run',
    ]),
  ],
}

export const requireLogInCommand: GroupSpec = {
  name: 'require-log-in',
  summary: 'Require Log In with KaseyaOne, and its exceptions',
  details: 'Local passwords stop working, except for the exceptions. Refused when no way back in would be left.',
  examples: [
    'k1ctl require-log-in enable bms --except amy.breakglass@northwind-dental.example --except k1ctl-api@northwind-dental.example',
    'k1ctl require-log-in exceptions list bms',
  ],
  commands: [
    ...withCheckedExcept(
      toggles('require-log-in', 'require-log-in', 'Require Log In with KaseyaOne', {
        options: [
          { flags: '--except <user>', summary: 'a user to except, by e-mail (repeatable)', repeat: true },
          roleOption,
        ],
        examples: [
          'k1ctl require-log-in enable bms --except amy.breakglass@northwind-dental.example --except k1ctl-api@northwind-dental.example',
        ],
        details: 'The exceptions are set in the same change, on top of those that are there.',
      }),
    ),
    exceptions,
  ],
}

function withCheckedExcept(commands: CommandSpec[]): CommandSpec[] {
  return commands.map(command => ({
    ...command,
    ...(command.name === 'show' ? {} : { options: [...(command.options ?? []), ifChangedOption] }),
    run: async (context: Context) => {
      context.words.list('except').forEach(emailOrLogIn)
      const asked = command.name === 'enable' ? await askWayIn(context) : []
      if (asked.length === 0) return command.run(context)
      const feature = { kind: 'feature', feature: 'require-log-in', on: true } as const
      return changeModule(context, context.words.required(0, 'The module'), { ...feature, exceptUsers: asked })
    },
  }))
}

/** A word with an `@` must look like an e-mail; anything else is taken as a log-in name. */
function emailOrLogIn(word: string): string {
  const text = word.trim()
  if (text !== '' && !/\s/.test(text) && (!text.includes('@') || /^[^@]+@[^@]+\.[^@.]+$/.test(text))) return text
  throw new K1Error('usage', `"${word}" is not an e-mail address.`, { hint: 'Give it as name@customer.example.' })
}
