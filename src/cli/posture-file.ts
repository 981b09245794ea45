import { K1Error } from '../core/errors.ts'
import type { TenantRecord } from '../core/stores.ts'
import type { System, SystemAbout } from '../core/system.ts'
import type { FileText, Posture } from '../posture-file/posture.ts'
import type { Context, OptionSpec } from './command.ts'
import { readAll } from './stdin.ts'
import { chooseTenants } from './tenant-choice.ts'
import { tenantNamed } from './tenant-name.ts'

export const fileOption: OptionSpec = {
  flags: '-f, --file <file>',
  summary: 'the posture; - is stdin; a later one lies over an earlier one (default: posture.yaml)',
  repeat: true,
}

export const tenantsOption: OptionSpec = {
  flags: '-t, --tenant <name>',
  summary: 'whose tenant (repeatable; else K1CTL_TENANT, else the stored choice)',
  repeat: true,
}

export const onlyOption: OptionSpec = {
  flags: '--only <module>',
  summary: 'this module alone (repeatable)',
  repeat: true,
}

/** Every module that a posture can speak of: those that are reached, then those that are set by hand. */
export async function modulesOf({ app }: Pick<Context, 'app'>): Promise<System[]> {
  const { all, byHand } = await app.systems()
  return [...all.filter(({ about }) => about.isModule), ...byHand]
}

export async function moduleAbouts(context: Pick<Context, 'app'>): Promise<SystemAbout[]> {
  return (await modulesOf(context)).map(({ about }) => about)
}

/** A module by its id, an alias or its title. @throws K1Error `usage` with the nearest names */
export async function anyModuleNamed(context: Context, word: string): Promise<System> {
  const all = await modulesOf(context)
  const id = (await context.app.systems()).find(word)?.about.id ?? word.toLowerCase()
  const system = all.find(({ about }) => about.id === id || about.title.toLowerCase() === id)
  if (system) return system
  const ids = all.map(({ about }) => about.id)
  const near = await context.app.nearest(word, ids)
  throw new K1Error('usage', `There is no module called ${word}.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', or ')}?` : `There are: ${ids.join(', ')}`,
  })
}

/** The modules that `--only` names, or all. @throws K1Error `usage` with the nearest names */
export async function onlyModules(context: Context): Promise<System[]> {
  const words = context.words.list('only')
  const all = await modulesOf(context)
  if (words.length === 0) return all
  const named = await Promise.all(words.map(async word => (await anyModuleNamed(context, word)).about.id))
  return all.filter(({ about }) => named.includes(about.id))
}

/**
 * The tenants that `--tenant` names, several times if need be; without it as every other command.
 * @param posture where it speaks of one tenant, nobody is asked which
 */
export async function postureTenants(
  context: Context,
  posture?: Pick<Posture, 'named' | 'hasDefaults'>,
): Promise<TenantRecord[]> {
  const { app, words } = context
  const names = words.list('tenant')
  if (names.length === 0) {
    // What is said of one tenant alone is meant of that one.
    const [only, second] = posture?.hasDefaults === false ? posture.named : []
    const isSaid =
      words.flag('allTenants') || Boolean(app.env.K1CTL_TENANT) || (await app.config()).current() !== undefined
    return only !== undefined && second === undefined && !isSaid
      ? [await tenantNamed(context, only)]
      : chooseTenants(context)
  }
  if (context.words.flag('allTenants')) throw new K1Error('usage', '--tenant and --all-tenants contradict each other.')
  const found = await Promise.all(names.map(name => tenantNamed(context, name)))
  return [...new Map(found.map(tenant => [tenant.name, tenant])).values()]
}

/** The texts of the files that `-f` names. @throws K1Error `usage` */
export async function postureTexts({ app, words }: Context): Promise<FileText[]> {
  const named = words.list('file')
  const paths = named.length > 0 ? named : ['posture.yaml']
  const texts: FileText[] = []
  for (const path of paths) {
    if (path === '-') {
      const hint = 'Pipe one in: k1ctl posture export | k1ctl posture check -f -'
      texts.push({ file: 'stdin', text: await readAll(app.stdin, app.signal, { mostMiB: 64, hint }) })
    } else {
      try {
        texts.push({ file: path, text: await app.readText(path) })
      } catch (error) {
        if (named.length > 0 || app.signal.aborted) throw error
        throw new K1Error('usage', 'Which posture? There is no posture.yaml here.', {
          hint: 'Name it with -f, or make one from what is: k1ctl posture export --all-tenants > posture.yaml',
          cause: error,
        })
      }
    }
  }
  return texts
}

/** Reads the files of the call. @throws K1Error `usage` with file and line */
export async function postureOf(context: Context, texts: readonly FileText[]): Promise<Posture> {
  const { readPosture } = await import('../posture-file/posture.ts')
  const tenants = (await context.app.config()).tenants().map(({ name }) => name)
  return readPosture(texts, { modules: await moduleAbouts(context), tenants, nearest: context.app.nearest })
}
