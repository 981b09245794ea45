import { type Attestation, ageOf, isStale } from '../core/attestation.ts'
import { K1Error } from '../core/errors.ts'
import { type FeatureKey, featureKeys } from '../core/features.ts'
import { printable } from '../core/printable.ts'
import { quoted } from '../core/shell.ts'
import type { System } from '../core/system.ts'
import { attestedOf } from '../posture/attested-rules.ts'
import { stepsText } from '../render/plan.ts'
import type { CommandSpec, Context } from './command.ts'
import { permit } from './permit.ts'
import { lastDay } from './posture-accept.ts'
import { anyModuleNamed, postureOf } from './posture-file.ts'
import { Sessions } from './sessions.ts'
import { tenantNamed } from './tenant-name.ts'

export const attestCommand: CommandSpec = {
  name: 'attest',
  args: '<tenant> [module] [feature]',
  summary: 'say what you did by hand, with a note or a file that shows it; or list what was said',
  details:
    'For features that nobody can read: who, when, what, and SHA-256 of the file. It counts for 90 days, or until ' +
    '--until. Where a feature can be read, the reading counts and nothing is attested. With --posture it is said of all ' +
    'that the file wants of that feature (exceptions, defaults), not only of on or off.\n' +
    'At a terminal, without a note or a file, it tells the steps and asks. ' +
    'k1ctl attest list shows all; for a tenant that is called list, name the module as well.',
  options: [
    { flags: '--state <state>', summary: 'on (default) or off', choices: ['on', 'off'] },
    { flags: '--note <text>', summary: 'what you did, or where it can be seen' },
    { flags: '--file <file>', summary: 'a file that shows it (a screenshot): its SHA-256 is kept, not the file' },
    { flags: '--until <date>', summary: 'its last day: 2027-03-31' },
    { flags: '--posture <file>', summary: 'a posture: all that it wants of this feature holds' },
  ],
  takes: ['list'],
  examples: [
    'k1ctl attest list',
    "k1ctl attest 'Northwind Dental' datto-rmm log-in --note 'Turned on at 17:10, T-1042'",
    "k1ctl attest 'Northwind Dental' datto-rmm require-log-in --posture posture.yaml --file screenshot.png",
  ],
  run: attestRun,
}

async function attestRun(context: Context): Promise<number> {
  const { app, words, output } = context
  if (words.arg(1) === undefined) return list(context)
  const tenant = (await tenantNamed(context, words.required(0, 'The tenant'))).name
  const system = await anyModuleNamed(context, words.required(1, 'The module'))
  const feature = featureFor(system, words.required(2, 'The feature'))
  await refuseWhereRead(context, tenant, system, feature)
  const until = lastDay(words.text('until'), app.clock.now())
  const part = await partOf(context, tenant, system, feature)
  const said = { note: words.text('note')?.trim() || null, file: words.text('file') }
  const asks = said.note === null && said.file === undefined && output.canAsk
  const { note, file } = asks ? await askWhatShowsIt(context, tenant, system, part) : said
  if (note === null && file === undefined) {
    throw new K1Error('usage', 'What shows it? Neither a note nor a file is given.', {
      hint: "--note 'Turned on at 17:10, T-1042', or --file screenshot.png",
    })
  }
  if (note !== null && printable(note) !== note) throw new K1Error('usage', '--note takes one line of plain text.')
  const attestation: Attestation = {
    tenant,
    system: system.about.id,
    ...part,
    by: app.operator,
    at: app.clock.now().toISOString(),
    note,
    ...(await fileOf(context, file)),
    until: until ?? null,
  }
  await permit(context, 'operator', [tenant])
  await (await app.attestations()).add(attestation)
  if (output.forMachine) output.json(attestation)
  const counts = until === undefined ? 'for 90 days' : `until ${until}`
  output.say(`Written down: ${tenant} · ${system.about.title} · ${feature} is ${part.state}. It counts ${counts}.`)
  return 0
}

/** Tells the steps, asks whether they are done, and what shows it. @throws K1Error `cancelled` when they are not */
async function askWhatShowsIt(
  { app, output }: Context,
  tenant: string,
  { about }: System,
  { feature, state }: Pick<Attestation, 'feature' | 'state'>,
): Promise<{ note: string | null; file: string | undefined }> {
  const known = about.features.find(one => one.feature === feature)
  output.say(`${tenant} · ${about.title}: ${known?.title ?? feature}`)
  output.say(stepsText((known?.steps ?? []).map(step => step.replaceAll('{state}', state))))
  if (known?.page) output.say(output.talk.dim(known.page))
  const prompter = await app.prompter()
  if (!(await prompter.confirm(`Is it ${state}?`))) throw new K1Error('cancelled', 'Nothing was written down.')
  const isLine = (text: string) => printable(text) === text || 'One line of plain text.'
  const note = (await prompter.input('A note for the record (empty: a file shows it)', { validate: isLine })).trim()
  if (note !== '') return { note, file: undefined }
  const path = await prompter.input('The file that shows it', { validate: text => text.trim() !== '' || 'Its path.' })
  return { note: null, file: path.trim() }
}

/** The name of the file that shows it, and its hash. */
export async function fileOf(
  { app }: Context,
  path: string | undefined,
): Promise<Pick<Attestation, 'file' | 'sha256'>> {
  if (path === undefined) return { file: null, sha256: null }
  const sha256 = await app.hashFile(path)
  return { file: printable(path.split(/[/\\]/).at(-1) ?? path), sha256 }
}

async function partOf(context: Context, tenant: string, { about }: System, feature: FeatureKey) {
  const { app, words } = context
  const file = words.text('posture')
  const state = words.text('state') === 'off' ? 'off' : 'on'
  if (file === undefined) return { feature, state, rules: {} } as const
  const posture = await postureOf(context, [{ file, text: await app.readText(file) }])
  const rules = posture.of(tenant).find(one => one.system === about.id)?.rules ?? []
  const part = attestedOf(feature, rules)
  if (Object.keys(part.rules).length === 0) {
    throw new K1Error('usage', `${file} wants nothing of ${feature} in ${about.title} for ${tenant}.`)
  }
  if (words.text('state') !== undefined && state !== part.state) {
    throw new K1Error('usage', `${file} wants ${feature} ${part.state}, and --state says ${state}.`)
  }
  return part
}

async function refuseWhereRead(context: Context, tenant: string, system: System, feature: string): Promise<void> {
  const { about } = system
  const module = await new Sessions(context, { useEnvironment: true }).module(tenant, system)
  if (about.reach !== 'api' && !module.open) return
  const how = module.open ? 'k1ctl reads it' : 'it has an API, and k1ctl would read it'
  throw new K1Error('usage', `${about.title} needs no attestation of ${feature}: ${how}, and a reading counts more.`, {
    hint: module.open
      ? `Look: k1ctl status ${about.id} --tenant ${quoted(tenant)}`
      : `Connect it: k1ctl connect ${about.id} --tenant ${quoted(tenant)}`,
  })
}

function featureFor({ about }: System, word: string): FeatureKey {
  const has = about.features.filter(one => one.supported).map(one => one.feature)
  const feature = featureKeys.find(key => key === word)
  if (feature && has.includes(feature)) return feature
  const sentence = feature
    ? `${about.title} has no ${feature}, as far as its help pages show.`
    : `There is no feature called ${word}.`
  throw new K1Error('usage', sentence, { hint: `${about.title} has: ${has.join(', ')}` })
}

async function list({ app, words, output }: Context): Promise<number> {
  const word = words.required(0, 'The tenant')
  const tenant = word === 'list' ? undefined : (await tenantNamed({ app }, word)).name
  const now = app.clock.now()
  const all = (await (await app.attestations()).latest())
    .filter(one => tenant === undefined || one.tenant === tenant)
    .map(one => ({ ...one, days: ageOf(one, now), stale: isStale(one, now) }))
  await output.records(
    all,
    [
      { title: 'Tenant', cell: r => r.tenant },
      { title: 'System', cell: r => r.system },
      { title: 'Feature', cell: r => r.feature },
      { title: 'State', cell: r => r.state },
      { title: 'By', cell: r => r.by },
      { title: 'Age', cell: r => `${r.days} d${r.stale ? ', stale' : ''}` },
      { title: 'Note', cell: r => r.note ?? '' },
      { title: 'File', cell: r => r.file ?? '' },
      { title: 'At', cell: r => r.at, wide: true },
      { title: 'Until', cell: r => r.until ?? '', wide: true },
      { title: 'SHA-256', cell: r => r.sha256 ?? '', wide: true },
    ],
    'Nothing was attested yet.',
  )
  return 0
}
