import type { Context } from './command.ts'

const most = 3

/** The first commands to go on with, below each other, and how many more there are. */
export function sayNext({ output }: Pick<Context, 'output'>, commands: readonly string[]): void {
  for (const [at, command] of commands.slice(0, most).entries())
    output.say(`${at === 0 ? 'Next: ' : '      '}${command}`)
  if (commands.length > most) output.say(`      … and ${commands.length - most} more (--output csv lists them)`)
}
