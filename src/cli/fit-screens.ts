import type { App } from './app.ts'

/** Before anything is written for a person: what they read at a terminal has short times and is wrapped at its width. */
export async function fitScreens({ stdout, stderr, clock }: App): Promise<void> {
  if (!stdout.isTTY && !stderr.isTTY) return
  const [{ wrapAnsi }, { wrapped }, { shortTimes }, { asciiOnly }] = await Promise.all([
    import('fast-wrap-ansi'),
    import('../render/wrap.ts'),
    import('../render/short-time.ts'),
    import('../render/ascii.ts'),
  ])
  for (const screen of [stdout, stderr]) {
    if (!screen.isTTY) continue
    screen.forCell = text => {
      const short = shortTimes(text, clock.now())
      return screen.isAscii ? asciiOnly(short) : short
    }
    screen.forReader = text => wrapped(screen.forCell(text), screen.columns ?? 0, wrapAnsi)
  }
}
