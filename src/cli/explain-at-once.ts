import type { App } from './app.ts'

/**
 * `k1ctl explain aws` (what is known as data) and `k1ctl help aws` (its page), which need no parser: it costs more than all
 * the rest of them.
 * @returns undefined where the word names no system
 */
export async function explainAtOnce(command: 'explain' | 'help', word: string, app: App): Promise<number | undefined> {
  // By its id the page is found without the systems, which are larger than all the rest.
  const page = command === 'help' ? await app.systemPage(word) : undefined
  const system = page === undefined ? (await app.systems()).find(word) : undefined
  const text = page ?? (command === 'help' ? await system?.page() : undefined)
  if (text === undefined && system === undefined) return undefined
  if (text !== undefined && !app.stdout.isTTY) {
    app.stdout.document(`${text.trimEnd()}\n`)
    return 0
  }
  const [{ fitScreens }, { Output }, { Words }] = await Promise.all([
    import('./fit-screens.ts'),
    import('./output.ts'),
    import('./words.ts'),
  ])
  const words = new Words([word], {})
  // Its pager and its colours are the operator's.
  await app.preferences()
  await fitScreens(app)
  const output = new Output(app, words)
  if (text === undefined) {
    const { explainCommand } = await import('./explain.ts')
    return explainCommand.run({ app, words, output, line: '', entries: [], call: async () => 0 })
  }
  const { laidOut } = await import('../render/layout.ts')
  await output.show(laidOut(`${text.trimEnd()}\n`))
  return 0
}
