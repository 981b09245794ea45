import type { App } from './app.ts'

/**
 * `k1ctl explain aws` (what is known as data) and `k1ctl help aws` (its page), which need no parser: it costs more than all
 * the rest of them.
 * @returns undefined where the word names no system
 */
export async function explainAtOnce(command: 'explain' | 'help', word: string, app: App): Promise<number | undefined> {
  const system = (await app.systems()).find(word)
  if (!system) return undefined
  if (command === 'help' && !app.stdout.isTTY) {
    app.stdout.document(`${(await system.page()).trimEnd()}\n`)
    return 0
  }
  const [{ fitScreens }, { Output }, { Words }] = await Promise.all([
    import('./fit-screens.ts'),
    import('./output.ts'),
    import('./words.ts'),
  ])
  const words = new Words([word], {})
  await fitScreens(app)
  const output = new Output(app, words)
  if (command === 'explain') {
    const { explainCommand } = await import('./explain.ts')
    return explainCommand.run({ app, words, output, line: '', entries: [], call: async () => 0 })
  }
  const { laidOut } = await import('../render/layout.ts')
  await output.show(laidOut(`${(await system.page()).trimEnd()}\n`))
  return 0
}
