import { laidOut } from '../render/layout.ts'
import type { App } from './app.ts'
import { explain } from './explain.ts'
import { fitScreens } from './fit-screens.ts'
import { Output } from './output.ts'
import { Words } from './words.ts'

/**
 * `k1ctl explain aws` (what is known as data) and `k1ctl help aws` (its page), which need no parser: it costs more than all
 * the rest of them.
 * @returns undefined where the word names no system
 */
export async function explainAtOnce(command: 'explain' | 'help', word: string, app: App): Promise<number | undefined> {
  const system = (await app.systems()).find(word)
  if (!system) return undefined
  const words = new Words([word], {})
  await fitScreens(app)
  const output = new Output(app, words)
  if (command === 'explain') return explain.run({ app, words, output, line: '', entries: [], call: async () => 0 })
  await output.show(laidOut(`${(await system.page()).trimEnd()}\n`))
  return 0
}
