import type { SignInPrompt } from '../core/ports.ts'
import type { Context } from './command.ts'

/** How a sign-in asks a person; absent when nobody can be asked. */
export function signInPrompt({ app, output }: Context): SignInPrompt | undefined {
  if (!output.canAsk) return undefined
  return {
    async code(attempt) {
      const prompter = await app.prompter()
      const message = attempt === 1 ? '2FA code' : 'That code was not right. 2FA code'
      return prompter.input(message, { validate: text => /^\d{6,8}$/.test(text.trim()) || 'Six to eight digits.' })
    },
    async push(message, waiting) {
      const { default: ora } = await import('ora')
      const spinner = ora({ text: `${message} (Ctrl-C cancels)`, stream: app.stderr as NodeJS.WriteStream }).start()
      try {
        const answer = await waiting(app.signal)
        spinner.succeed('Approved')
        return answer
      } catch (error) {
        spinner.fail('Not approved')
        throw error
      }
    },
    async tenant(tenants) {
      const prompter = await app.prompter()
      return prompter.choose(
        'This account sees several tenants. Which one?',
        tenants.map(t => ({ value: t.id, name: t.name, description: t.id })),
      )
    },
  }
}

/** Asks for the passphrase of the sealed file; absent when nobody can be asked. */
export function passphrasePrompt({ app, output }: Context): (() => Promise<string>) | undefined {
  if (!output.canAsk) return undefined
  return async () => (await app.prompter()).password('Passphrase of the sealed secrets')
}
