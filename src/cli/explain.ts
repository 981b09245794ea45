import { environmentName, type SettingField, type SystemAbout } from '../core/system.ts'
import { laidOut } from '../render/layout.ts'
import type { CommandSpec, Context } from './command.ts'
import { systemNamed } from './sessions.ts'

export const explainCommand: CommandSpec = {
  name: 'explain',
  args: '<system>',
  summary: 'a system: its settings, the rights it needs, its goals and its limits',
  details: 'Asks no system. --json gives all that is known; the rights alone, to paste, with --rights.',
  options: [{ flags: '--rights', summary: 'only the rights, as a policy or a list of scopes to paste' }],
  takes: ['output'],
  examples: ['k1ctl explain bms', 'k1ctl explain aws --rights', 'k1ctl explain google-workspace --json'],
  async run(context) {
    const { words, output } = context
    const { about } = await systemNamed(context, words.required(0, 'The system'))
    if (words.flag('rights')) output.document(`${rightsToPaste(about)}\n`)
    else if (output.forMachine) output.json(explained(about))
    else await output.show(laidOut(textOf(about, context)))
    return 0
  },
}

/** The stable shape of `k1ctl explain --json`. */
function explained(about: SystemAbout) {
  const {
    id,
    title,
    aliases,
    reach,
    settings,
    rights = [],
    unchecked = [],
    rightsNote = null,
    features,
    accountGoals = [],
    residual = [],
    pasteRights,
  } = about
  return {
    system: id,
    title,
    aliases,
    reach,
    people: about.people,
    settings: settings.map(field => ({ ...field, variable: environmentName(id, field.key) })),
    rights,
    unchecked,
    rightsNote,
    pasteRights: pasteRights ?? null,
    features: features.map(({ feature, title, supported, read, write, note }) => ({
      feature,
      title,
      supported,
      read,
      write,
      note: note ?? null,
    })),
    goals: accountGoals,
    remains: residual,
    byHand: about.accountSteps ?? [],
  }
}

function textOf(about: SystemAbout, { output }: Context): string {
  const { bold } = output.data
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? '' : `\n${bold(title)}\n${lines.map(line => `  ${line}\n`).join('')}`
  return [
    `${bold(about.title)} (${[about.id, ...about.aliases].join(', ')})\n`,
    `${about.people}\n`,
    part('Settings', about.settings.map(settingText)),
    part('Rights', [...(about.rights ?? []), ...(about.rightsNote ? [about.rightsNote] : [])]),
    part('Of these, no check can tell; they show when they are used', about.unchecked ?? []),
    part(
      'Features',
      about.features.map(f => reachedText(f.title, f.supported ? f.write : 'not there', f.note)),
    ),
    part(
      'For a leaver',
      (about.accountGoals ?? []).map(g => reachedText(g.kind, g.how, g.note)),
    ),
    part(
      'What remains whatever is done',
      (about.residual ?? []).map(text => `· ${text}`),
    ),
    part(
      'By hand',
      (about.accountSteps ?? []).map((step, at) => `${at + 1}. ${step}`),
    ),
  ].join('')
}

/** As the vendor's console takes it; where there is no such list, as it is told. */
function rightsToPaste({ pasteRights, rights = [], title }: SystemAbout): string {
  if (pasteRights !== undefined) return pasteRights
  return rights.length > 0 ? rights.join('\n') : `${title} needs no rights but those of whoever signs in.`
}

/** `tenantId  The customer's tenant id or domain (required)`, with what it may be, and when it counts. */
function settingText({ key, label, required, secret, defaultValue, suggestions = [], when }: SettingField): string {
  const marks = [
    ...(secret ? ['secret'] : []),
    ...(required ? [] : ['optional']),
    ...(defaultValue === undefined ? [] : [`default ${defaultValue}`]),
    ...(when === undefined ? [] : [`where ${when.key} is ${when.is.join(' or ')}`]),
  ]
  const choices = suggestions.filter(s => s.value !== defaultValue).map(s => s.value)
  const among = choices.length > 0 ? `; also ${choices.join(', ')}` : ''
  return `${key.padEnd(18)}  ${label}${marks.length > 0 ? ` (${marks.join(', ')}${among})` : ''}`
}

const hows: Readonly<Record<string, string>> = {
  reached: 'yes',
  unobservable: 'yes, nobody can read it back',
  'not-here': 'not here',
  'by-hand': 'by hand',
}

function reachedText(what: string, how: string, note?: string): string {
  return `${what.padEnd(30)}  ${hows[how] ?? how}${note ? `. ${note}` : ''}`
}
