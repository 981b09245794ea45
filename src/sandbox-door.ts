import { readFile } from 'node:fs/promises'
import { K1Error } from './core/errors.ts'
import { parseWorld, startSandbox as start, type World } from './sandbox/index.ts'

/** The sandbox shares no line with the rest of src; here its plain errors become ours. */
export async function startSandbox(options: { port: number; seed: 'demo' | 'empty' | World; now: () => Date }) {
  try {
    return await start(options)
  } catch (error) {
    throw new K1Error('usage', `The sandbox could not start on port ${options.port}: ${sentence(error)}`, {
      hint: 'Leave --port out to take any free one.',
      cause: error,
    })
  }
}

/** `demo`, `empty`, or a file of a World as JSON. */
export async function readSeed(seed: string): Promise<'demo' | 'empty' | World> {
  if (seed === 'demo' || seed === 'empty') return seed
  try {
    return parseWorld(JSON.parse(await readFile(seed, 'utf8')))
  } catch (error) {
    throw new K1Error('usage', `The seed ${seed} cannot be used: ${sentence(error)}`, {
      hint: 'Give demo, empty, or a JSON file of the shape in src/sandbox/world.ts.',
      cause: error,
    })
  }
}

function sentence(error: unknown): string {
  return `${(error instanceof Error ? error.message : String(error)).replace(/\.$/, '')}.`
}
