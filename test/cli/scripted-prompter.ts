import type { Prompter } from '../../src/core/ports.ts'

/** Answers only what the test expects to be asked; any other question fails the test. */
export function scriptedPrompter(answers: Partial<Prompter>): Prompter {
  const unexpected = async (message: string): Promise<never> => {
    throw new Error(`Nobody expected to be asked: ${message}`)
  }
  return {
    confirm: unexpected,
    typed: unexpected,
    input: unexpected,
    password: unexpected,
    choose: unexpected,
    ...answers,
  }
}
