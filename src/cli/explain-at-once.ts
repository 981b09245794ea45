import type { App } from './app.ts'
import { explain } from './explain.ts'
import { fitScreens } from './fit-screens.ts'
import { Output } from './output.ts'
import { Words } from './words.ts'

/**
 * `k1ctl explain aws` and `k1ctl help aws`, which need no parser: it costs more than all the rest of them.
 * @returns undefined where the word names no system
 */
export async function explainAtOnce(word: string, app: App): Promise<number | undefined> {
  if (!(await app.systems()).find(word)) return undefined
  const words = new Words([word], {})
  await fitScreens(app)
  const context = { app, words, output: new Output(app, words), line: '', entries: [], call: async () => 0 }
  return explain.run(context)
}
