import { systems } from '../../src/systems/index.ts'

/** Ids of the systems that reach people, in the order of the index: a list of a test has them all, or says why not. */
export const peopleSystems: readonly string[] = systems
  .filter(({ about }) => about.step !== undefined)
  .map(({ about }) => about.id)

/** By id, why a list goes without that system. */
export type Excused = Readonly<Record<string, string>>

/** What is wrong with a list of systems in a file of tests: sentences; none is right. */
export function gapsOf(file: string, listed: readonly string[], excused: Excused = {}): string[] {
  const isExcused = (id: string) => Object.hasOwn(excused, id)
  return [
    ...peopleSystems
      .filter(id => !listed.includes(id) && !isExcused(id))
      .map(id => `${id} is missing in ${file}: add it, or say there why it is excused.`),
    ...Object.keys(excused)
      .filter(id => listed.includes(id) || !peopleSystems.includes(id))
      .map(id => `${id} is excused in ${file}, and need not be.`),
  ]
}
