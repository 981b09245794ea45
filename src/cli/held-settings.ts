import { preferenceFields, saysOf } from '../core/preferences.ts'
import type { Context } from './command.ts'
import { flagOf } from './words.ts'
import { preferredZone } from './zoned-time.ts'

/** A setting as it holds in this call. The stable shape of `k1ctl config list --json`. */
export interface HeldSetting {
  key: string
  value: string
  from: 'option' | 'environment' | 'preference' | 'chosen' | 'default'
  /** The option, the variable, the file or the command. */
  source: string | null
  default: string
  summary: string
}

/** Every setting that k1ctl has, those that commands of their own choose too. */
export async function heldSettings(context: Context): Promise<HeldSetting[]> {
  const { app, words } = context
  const { settings, given, path } = await app.preferences()
  const own = preferenceFields.map(({ key, summary, flag, fallback }): HeldSetting => {
    const standard = key === 'zone' ? preferredZone({ env: {} }) : fallback
    const rest = { key, default: standard, summary }
    const typed = optionValue(words, flag)
    if (flag !== undefined && typed !== undefined) return { ...rest, value: typed, from: 'option', source: flag }
    const variable = saysOf(key, given)
    if (variable !== undefined) {
      const value = given[variable] ?? ''
      return {
        ...rest,
        value: key === 'color' ? colour(variable, value) : value,
        from: 'environment',
        source: variable,
      }
    }
    const kept = settings[key]
    if (kept !== undefined) return { ...rest, value: kept, from: 'preference', source: path }
    if (key === 'pager' && given.PAGER !== undefined)
      return { ...rest, value: given.PAGER, from: 'environment', source: 'PAGER' }
    return { ...rest, value: standard, from: 'default', source: null }
  })
  return [...own, ...(await chosenElsewhere(context, given))]
}

async function chosenElsewhere({ app }: Context, given: Context['app']['env']): Promise<HeldSetting[]> {
  const [config, stores] = [await app.config(), await app.stores()]
  const setting = (
    rest: Pick<HeldSetting, 'key' | 'default' | 'summary'>,
    variable: string,
    chosen: string | undefined,
    command: string,
  ): HeldSetting => {
    const named = given[variable]
    if (named) return { ...rest, value: named, from: 'environment', source: variable }
    if (chosen !== undefined) return { ...rest, value: chosen, from: 'chosen', source: command }
    return { ...rest, value: rest.default, from: 'default', source: null }
  }
  return [
    setting(
      { key: 'tenant', default: '', summary: 'whose tenant, where --tenant is not given' },
      'K1CTL_TENANT',
      config.current(),
      'k1ctl tenant use',
    ),
    setting(
      { key: 'store', default: 'files', summary: 'where everything is kept' },
      'K1CTL_STORE',
      stores.chosen(),
      'k1ctl store use',
    ),
    setting(
      { key: 'home', default: '', summary: 'the folder of configuration and ledger, instead of your user folders' },
      'K1CTL_HOME',
      undefined,
      '',
    ),
  ]
}

const readable = ['output', 'timeout', 'caFile', 'concurrency', 'zone', 'secretFrom'] as const

function optionValue(words: Context['words'], flag: string | undefined): string | undefined {
  if (flag === '--no-pager') return words.allowed('pager') ? undefined : 'none'
  const name = readable.find(one => flagOf(one) === flag)
  const value = name === undefined ? undefined : words.text(name)
  return name === 'output' && words.flag('json') ? 'json' : value
}

function colour(variable: string, value: string): string {
  if (variable === 'NO_COLOR') return 'never'
  return value === '0' || value === 'false' ? 'never' : 'always'
}
