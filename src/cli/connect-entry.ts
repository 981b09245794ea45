import { K1Error } from '../core/errors.ts'
import type { AskChoice } from '../core/ports.ts'
import { rememberSecret } from '../core/redact.ts'
import { applies, environmentName, type SettingField, type SystemAbout } from '../core/system.ts'
import type { Context } from './command.ts'
import { askSecret, askSetting, shortLabel } from './connect-ask.ts'
import { type EarlierConnection, idleKeys, settingText } from './connect-earlier.ts'
import { checkGiven, missingSetting, namedSettings, parseSecrets, withFiles } from './connect-given.ts'
import { readAll } from './stdin.ts'

interface FromEnvironment {
  settings: Readonly<Record<string, string>>
  secrets: Readonly<Record<string, string>>
}

/**
 * What a connection is made with, as far as it was entered: from the options, the environment, the connection before,
 * and at a terminal from a person. Nothing that was typed is lost over a mistake: only what can be wrong is asked anew.
 */
export class ConnectEntry {
  readonly #context: Context
  readonly #about: SystemAbout
  readonly #earlier: EarlierConnection
  readonly #environment: FromEnvironment
  readonly #command: (settings: Record<string, string>) => Promise<Record<string, string>>
  #fromCommand: Record<string, string> = {}
  /** Questions that a person was asked. */
  #asked = 0
  settings: Record<string, string> = {}
  secrets: Record<string, string> = {}

  /** @param given `command` answers what a vault gives, for these settings */
  constructor(
    context: Context,
    about: SystemAbout,
    given: {
      earlier: EarlierConnection
      environment: FromEnvironment
      command: (settings: Record<string, string>) => Promise<Record<string, string>>
    },
  ) {
    this.#context = context
    this.#about = about
    this.#earlier = given.earlier
    this.#environment = given.environment
    this.#command = given.command
  }

  /** Has a person typed anything that would be lost? */
  get wasAsked(): boolean {
    return this.#asked > 0
  }

  /** Settings, then secrets; last, at a terminal, what may be set as well. */
  async collect(): Promise<void> {
    await this.#collectSettings()
    // Before anything that shows what a system said: nobody types a secret ahead into a line that shows it.
    await this.#collectSecrets()
    if (this.#asked > 0) await this.#offerMore()
    this.#warnOfShort()
  }

  /** Asks again for these, each with what it is now. */
  async askAgain(fields: readonly SettingField[]): Promise<void> {
    for (const field of fields) {
      const into = field.secret ? this.secrets : this.settings
      into[field.key] = await this.#ask(field, into[field.key])
    }
  }

  /** Names of the secrets that a vault gives. */
  get fromCommand(): string[] {
    return Object.keys(this.#fromCommand)
  }

  /** Did the environment or a vault give it? Asking a person for another one would not help the next call. */
  isFromElsewhere({ key, secret }: SettingField): boolean {
    if (secret && this.#fromCommand[key] !== undefined) return true
    const { settings, secrets } = this.#environment
    return secret ? secrets[key] !== undefined && secrets[key] === this.secrets[key] : settings[key] !== undefined
  }

  async #collectSettings(): Promise<void> {
    const about = this.#about
    const open = about.settings.filter(f => !f.secret)
    const given = { ...this.#environment.settings, ...namedSettings(this.#context, about, open) }
    // Before the first question: nobody answers five of them to hear that the command line was wrong.
    checkGiven(about, given)
    const whole = { ...this.#earlier.settings, ...(await withFiles(this.#context.app, about, given)) }
    this.settings = { ...whole }
    for (const field of open) {
      if (!applies(field, this.settings)) continue
      const value = whole[field.key] ?? (field.required ? await this.#askIfPossible(field) : undefined)
      const final = value ?? field.defaultValue
      if (final !== undefined && final !== '') this.settings[field.key] = final
      else if (field.required) throw missingSetting(about, field)
    }
    await this.#offerToDrop()
  }

  /** What the connection before had, and what has no meaning beside what was entered now. */
  async #offerToDrop(): Promise<void> {
    const { app, output } = this.#context
    const before = this.#earlier.record?.settings ?? {}
    const idle = idleKeys(this.#about, this.settings).filter(key => !idleKeys(this.#about, before).includes(key))
    if (idle.length === 0) return
    if (!output.canAsk) {
      output.say(`Kept, though without effect now: ${idle.join(', ')} (--unset removes it).`)
      return
    }
    const shown = idle.map(key => `${key}=${settingText(this.#about, key, this.settings[key] ?? '')}`).join(', ')
    this.#asked += 1
    if (!(await (await app.prompter()).confirm(`Without effect now: ${shown}. Drop it?`))) return
    for (const key of idle) delete this.settings[key]
  }

  async #askIfPossible(field: SettingField): Promise<string | undefined> {
    return this.#context.output.canAsk ? this.#ask(field) : undefined
  }

  #ask(field: SettingField, now?: string): Promise<string> {
    this.#asked += 1
    return (field.secret ? askSecret : askSetting)(this.#context, this.#about, field, now)
  }

  /** Secrets from stdin, else the environment, else the prompt; never from the command line. */
  async #collectSecrets(): Promise<void> {
    const { app, words, output } = this.#context
    const about = this.#about
    const fields = this.#secretFields()
    const fromFiles = await withFiles(app, about, namedSettings(this.#context, about, fields))
    const piped = words.flag('passwordStdin')
      ? parseSecrets(await readAll(app.stdin, app.signal), about, this.settings)
      : {}
    this.#fromCommand = await this.#command(this.settings)
    this.secrets = {
      ...this.#earlier.secrets,
      ...this.#fromCommand,
      ...this.#environment.secrets,
      ...fromFiles,
      ...piped,
    }
    checkGiven(about, piped)
    await this.#askMissing()
    for (const field of this.#secretFields().filter(f => f.required && !this.#isThere(f))) {
      const sentence = output.canAsk
        ? `${field.label} is missing.`
        : `${field.label} is missing, and nobody can be asked.`
      throw new K1Error(output.canAsk ? 'usage' : 'unattended', sentence, {
        hint: field.file
          ? `Give its file with --set ${field.key}=PATH, or set ${environmentName(about.id, field.key)}.`
          : `Pipe it with --password-stdin, or set ${environmentName(about.id, field.key)}.`,
      })
    }
  }

  async #askMissing(): Promise<void> {
    if (!this.#context.output.canAsk) return
    for (const field of this.#secretFields().filter(f => f.required)) {
      if (!this.#isThere(field)) this.secrets[field.key] = await this.#ask(field)
    }
  }

  #secretFields(): readonly SettingField[] {
    return this.#about.settings.filter(f => f.secret && applies(f, this.settings))
  }

  #isThere(field: SettingField): boolean {
    const standsFor = this.#secretFields().some(f => f.insteadOf === field.key && this.secrets[f.key])
    return Boolean(this.secrets[field.key]) || standsFor
  }

  /** One key leads to the rest: what may be set, and at a connection that is made anew what was set. */
  async #offerMore(): Promise<void> {
    const prompter = await this.#context.app.prompter()
    const changeable = this.#changeable()
    const isUnset = ({ key, defaultValue }: SettingField) =>
      this.secrets[key] === undefined && (this.settings[key] === undefined || this.settings[key] === defaultValue)
    const names = changeable.filter(f => !f.required && isUnset(f)).map(f => f.key)
    const again = this.#earlier.record !== undefined
    if (changeable.length === 0 || (!again && names.length === 0)) return
    const question = again ? 'Change any of these settings?' : `Set more (${names.join(', ')})?`
    if (!(await prompter.confirm(question))) return
    for (;;) {
      const picked = await prompter.choose('Which setting?', [
        { value: null, name: 'done', description: 'go on and sign in' },
        ...this.#changeable().map(f => this.#asChoice(f)),
      ])
      if (picked === null) break
      await this.#change(picked)
    }
    await this.#askMissing()
  }

  #changeable(): readonly SettingField[] {
    return this.#about.settings.filter(f => {
      if (!applies(f, this.settings) || (f.secret && f.required)) return false
      return !f.later || (!f.secret && this.settings[f.key] !== undefined)
    })
  }

  #asChoice(field: SettingField): AskChoice<SettingField> {
    const { key, secret } = field
    const value = secret ? this.secrets[key] && '(a secret)' : this.settings[key]
    const shown = value === undefined || value === '' ? 'not set' : settingText(this.#about, key, value)
    return { value: field, name: key, description: `${shortLabel(field)}: ${shown}` }
  }

  async #change(field: SettingField): Promise<void> {
    const into = field.secret ? this.secrets : this.settings
    const now = into[field.key]
    const prompter = await this.#context.app.prompter()
    const isRemoved =
      now !== undefined && !field.required && (await prompter.confirm(`${field.key} is set. Remove it?`))
    const value = isRemoved ? field.defaultValue : await this.#ask(field, now)
    if (value === undefined || value === '') delete into[field.key]
    else into[field.key] = value
  }

  #warnOfShort(): void {
    const { output } = this.#context
    for (const field of this.#secretFields()) {
      const value = this.secrets[field.key]
      if (!value || rememberSecret(value)) continue
      output.warn(
        `${output.talk.yellow('warning:')} ${field.label} is short, or a plain word: where a system repeats it in an answer, k1ctl cannot hide it.`,
      )
    }
  }
}
