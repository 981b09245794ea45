import type { Context } from './command.ts'

/** Shows a spinner on stderr while `work` runs longer than a blink; nothing off a terminal. */
export async function spinning<T>({ app, output }: Context, text: string, work: () => Promise<T>): Promise<T> {
  if (app.stderr.isTTY !== true || output.quiet || output.forMachine) return work()
  let over = false
  let stop = () => {}
  const timer = setTimeout(async () => {
    const { default: ora } = await import('ora')
    if (over) return
    const spinner = ora({ text, stream: app.stderr as NodeJS.WriteStream, discardStdin: false }).start()
    stop = () => void spinner.stop()
  }, 150)
  try {
    return await work()
  } finally {
    over = true
    clearTimeout(timer)
    stop()
  }
}
