import { isK1Error } from '../core/errors.ts'
import type { AskPassphrase, SignInPrompt } from '../core/ports.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'
import { quietly, startWait } from './spinner.ts'

/** How a sign-in asks a person; absent when nobody can be asked. `where` is what is signed in to. */
export function signInPrompt(context: Context, where?: string): SignInPrompt | undefined {
  const { app, output } = context
  if (!output.canAsk) return undefined
  const what = where === undefined ? '2FA code' : `2FA code for ${where}`
  return {
    code: attempt =>
      inTurn(app, async () =>
        (await app.prompter()).input(attempt === 1 ? what : `That code was not right. ${what}`, {
          validate: text => /^\d{6,8}$/.test(text.replace(/\s/g, '')) || 'Six to eight digits.',
        }),
      ),
    push: (message, waiting) =>
      inTurn(app, async () => {
        const wait = await startWait(context, `${message} (Ctrl-C cancels)`)
        try {
          const answer = await waiting(app.signal)
          wait.succeed('Approved')
          return answer
        } catch (error) {
          wait.fail('Not approved')
          throw error
        }
      }),
    tenant: tenants =>
      inTurn(app, async () =>
        (await app.prompter()).choose(
          where === undefined
            ? 'This account sees several tenants. Which one?'
            : `This account sees several tenants in ${where}. Which one?`,
          tenants.map(t => ({ value: t.id, name: t.name, description: t.id })),
        ),
      ),
  }
}

/** Asks for the passphrase of the sealed file; absent when nobody can be asked. */
export function passphrasePrompt({ app, output }: Context): AskPassphrase | undefined {
  if (!output.canAsk) return undefined
  return purpose =>
    inTurn(app, async () => {
      const prompter = await app.prompter()
      if (purpose === 'open') return prompter.password('Passphrase of the sealed secrets')
      output.say(
        'Secrets are sealed in a file of this machine. Later calls ask for the passphrase that you choose now, or read it ' +
          'from K1CTL_PASSPHRASE. Nobody can open the file without it, and it cannot be recovered.',
      )
      for (;;) {
        const passphrase = await prompter.password('New passphrase, of at least 8 characters', {
          validate: text => text.length >= 8 || 'At least 8 characters: several random words, for example.',
        })
        if ((await prompter.password('The same again')) === passphrase) return passphrase
        output.warn('The two differ. Once more:')
      }
    })
}

interface Turns {
  last: Promise<unknown>
  cancelled?: unknown
}

const turns = new WeakMap<App, Turns>()

/**
 * Systems are worked on side by side, but a person can answer only one question at a time. Who cancels one question
 * means all that were still to come.
 */
function inTurn<T>(app: App, ask: () => Promise<T>): Promise<T> {
  const state = turns.get(app) ?? { last: Promise.resolve() }
  turns.set(app, state)
  const turn = state.last.then(async () => {
    if (state.cancelled !== undefined) throw state.cancelled
    try {
      return await quietly(app, ask)
    } catch (error) {
      if (isK1Error(error) && error.kind === 'cancelled') state.cancelled = error
      throw error
    }
  })
  state.last = turn.catch(() => undefined)
  return turn
}
