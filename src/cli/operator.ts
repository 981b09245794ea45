import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import { roles, type Team, type TeamOperator, type TeamRole } from '../core/team.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { secretPlaceOf } from './kept-secret.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'
import { tenantNamed } from './tenant-name.ts'

const register: CommandSpec = {
  name: 'register',
  summary: "make this machine's key, and register it with the team",
  details:
    'The private key stays here, in the keyring or sealed. The first who registers is the owner; whoever comes later has no ' +
    'role until an owner gives one. With --to the key is for a worker elsewhere, which reads it from K1CTL_OPERATOR_KEY.',
  options: [
    { flags: '--name <name>', summary: 'who that is (default: the user of this machine)' },
    { flags: '--keep <place>', summary: 'where the private key is kept', choices: ['keyring', 'sealed', 'plain'] },
    { flags: '--to <file>', summary: 'a key for another machine, into a file, and not kept here' },
  ],
  takes: ['output'],
  examples: ['k1ctl operator register', 'k1ctl operator register --name worker-1 --to worker-1.pem'],
  async run(context) {
    const { app, words, output } = context
    const team = await teamOf(context)
    const name = properName(words.text('name') ?? app.operator.split('@')[0] ?? '')
    const file = words.text('to')
    const one =
      file === undefined
        ? await team.register(name, keyOptions(context))
        : await team.registerFor(name, pem => app.writeText(file, pem, { isSecret: true }))
    if (output.forMachine) output.json(one)
    const { talk } = output
    output.say(`${one.name} is registered. Fingerprint ${fingerprint(one)}`)
    if (one.roles.length > 0)
      output.say('The first of this team: its owner. From now on each change needs a key, and is signed.')
    else output.say(`${talk.cyan('→')} An owner: k1ctl operator role ${quoted(one.name)} --role operator`)
    if (file !== undefined)
      output.say(`${talk.cyan('→')} There: K1CTL_OPERATOR_KEY="$(cat ${quoted(file)})"; then remove the file`)
    return 0
  },
}

const list: CommandSpec = {
  name: 'list',
  summary: 'who is registered, with which role and fingerprint',
  takes: ['list'],
  examples: ['k1ctl operator list', 'k1ctl operator list --json'],
  async run(context) {
    const team = await teamOf(context)
    const me = (await team.me())?.key
    await context.output.records(
      await team.operators(),
      [
        { title: 'Name', cell: one => (one.key === me ? `${one.name} (you)` : one.name) },
        { title: 'Role', cell: rolesText },
        { title: 'Registered', cell: one => one.registered.slice(0, 10) },
        { title: 'Fingerprint', cell: fingerprint },
      ],
      'Nobody is registered: whoever reaches the store may do everything, and nothing is signed. k1ctl operator register',
    )
    return 0
  },
}

const show: CommandSpec = {
  name: 'show',
  args: '[name]',
  summary: 'show an operator, or who you are here',
  takes: ['output'],
  examples: ['k1ctl operator show', 'k1ctl operator show ben --json'],
  async run(context) {
    const { words, output } = context
    const team = await teamOf(context)
    const one = words.arg(0) === undefined ? await team.me() : await operatorNamed(context, team)
    if (!one) throw new K1Error('not-set-up', 'This machine is not registered.', { hint: 'k1ctl operator register' })
    if (output.forMachine) {
      output.json(one)
      return 0
    }
    output.write(`${output.data.bold(one.name)}\n`)
    output.write(`  role         ${rolesText(one)}\n`)
    output.write(`  registered   ${one.registered}\n`)
    output.write(`  fingerprint  ${fingerprint(one)}\n`)
    return 0
  },
}

const role: CommandSpec = {
  name: 'role',
  args: '<name>',
  summary: 'what somebody may do from now on, everywhere or in one tenant; for owners',
  details:
    'viewer: look. operator: change what is connected. approver: approve what others ask for. owner: all, and who has which role.',
  options: [
    { flags: '--role <name>', summary: 'viewer, operator, approver or owner (repeatable)', repeat: true },
    { flags: '-t, --tenant <name>', summary: 'only there' },
    { flags: '--none', summary: 'none any more, of those that were given there' },
  ],
  takes: ['output'],
  examples: [
    'k1ctl operator role ben --role operator',
    "k1ctl operator role cleo --role approver --tenant 'Northwind Dental'",
    'k1ctl operator role ben --none',
  ],
  async run(context) {
    const { words, output } = context
    const team = await teamOf(context)
    const given = words.list('role').map(roleNamed)
    if ((given.length === 0) !== words.flag('none')) {
      throw new K1Error('usage', 'Which role? --role NAME, or --none.', {
        hint: 'k1ctl operator role ben --role operator',
      })
    }
    const named = words.text('tenant')
    const tenant = named === undefined ? null : (await tenantNamed(context, named)).name
    const { key } = await operatorNamed(context, team)
    await team.setRoles(key, tenant, given, keyOptions(context))
    const one = (await team.operators()).find(other => other.key === key)
    if (one && output.forMachine) output.json(one)
    if (one) output.say(`${one.name}: ${rolesText(one)}`)
    return 0
  },
}

const revoke: CommandSpec = {
  name: 'revoke',
  args: '<name>',
  summary: "end somebody's key: what it signs from now on does not count; for owners",
  options: [{ flags: '-y, --yes', summary: 'consent, without being asked' }],
  takes: ['output'],
  examples: ['k1ctl operator revoke ben --yes'],
  async run(context) {
    const { app, words, output } = context
    const team = await teamOf(context)
    const one = await operatorNamed(context, team)
    if (!words.flag('yes')) {
      if (!output.canAsk) {
        throw new K1Error('unattended', 'A key that is revoked stays revoked, and nobody can be asked.', {
          hint: 'Consent with --yes.',
        })
      }
      if (!(await (await app.prompter()).confirm(`Revoke the key of ${one.name} (${fingerprint(one)})?`)))
        throw new K1Error('cancelled', 'Nothing was changed.')
    }
    await team.revoke(one.key, keyOptions(context))
    if (output.forMachine) output.json({ revoked: one.key, name: one.name })
    output.say(`The key of ${one.name} is revoked. What it signed before stays signed.`)
    return 0
  },
}

export const operatorCommand: GroupSpec = {
  name: 'operator',
  summary: 'who works in a team: keys of their own, and what each may do',
  details: "For a team's store (k1ctl store use). One person alone needs no key.",
  examples: ['k1ctl operator register', 'k1ctl operator list', 'k1ctl operator role ben --role operator'],
  commands: [register, list, show, role, revoke],
}

async function teamOf({ app }: Context): Promise<Team> {
  const team = await app.team()
  if (team) return team
  throw new K1Error('not-set-up', 'Everything is kept in files of this user: there are no operators.', {
    hint: 'A team shares a store: k1ctl store use postgres://k1ctl@db.msp.example/k1ctl',
  })
}

function keyOptions(context: Context) {
  return { ask: passphrasePrompt(context), keep: secretPlaceOf(context) }
}

/** By name, else by the fingerprint's beginning. @throws K1Error `usage` */
async function operatorNamed({ app, words }: Context, team: Team): Promise<TeamOperator> {
  const word = words.required(0, 'The name')
  const all = await team.operators()
  const named = all.filter(one => one.name.toLowerCase() === word.toLowerCase())
  const found = named.filter(one => one.revoked === null).concat(named)[0]
  const byKey = /^[0-9a-f]{8,32}$/.test(word) ? all.filter(one => one.key.startsWith(word)) : []
  const one = found ?? (byKey.length === 1 ? byKey[0] : undefined)
  if (one) return one
  const names = all.map(({ name }) => name)
  const near = await app.nearest(word, names)
  throw new K1Error('usage', `There is no operator "${word}".`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'k1ctl operator list',
    facts: { candidates: names },
  })
}

function roleNamed(word: string): TeamRole {
  const found = roles.find(name => name === word.trim().toLowerCase())
  if (found) return found
  throw new K1Error('usage', `There is no role "${word}".`, { hint: `--role ${roles.join(', ')}` })
}

function properName(text: string): string {
  const name = text.trim()
  if (/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u.test(name)) return name
  throw new K1Error('usage', 'An operator needs a name of letters and digits.', {
    hint: 'k1ctl operator register --name amy',
  })
}

/** In groups, as it is read over the telephone. */
function fingerprint({ key }: TeamOperator): string {
  return (key.match(/.{4}/g) ?? []).join(' ')
}

function rolesText({ roles: given, revoked }: TeamOperator): string {
  if (revoked !== null) return `revoked ${revoked.slice(0, 10)}`
  const texts = given.map(one => `${one.roles.join(', ')}${one.tenant === null ? '' : ` in ${one.tenant}`}`)
  return texts.join('; ') || 'none yet'
}
