import { Chalk, type ChalkInstance } from 'chalk'
import { markStyled, onScreen } from './layout.ts'

/**
 * Colours for one stream; none off a terminal, as `NO_COLOR` and `FORCE_COLOR` say. What it answers is marked (see
 * `layout.ts`): a colour of ours takes effect, one in a text from elsewhere is shown as it is written.
 */
export function styleFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): ChalkInstance {
  return marking(new Chalk({ level: colourLevel(stream.isTTY === true, env) }))
}

/** Chalk, all of whose styles mark what they add. */
function marking(chalk: ChalkInstance): ChalkInstance {
  // Inner styles have to be codes again for the outer one to go on behind them.
  const styled = (...texts: unknown[]) => markStyled(chalk(...texts.map(text => onScreen(String(text)))))
  return new Proxy(styled as ChalkInstance, {
    get(_, name) {
      const value: unknown = Reflect.get(chalk, name, chalk)
      return typeof value === 'function' && 'level' in value ? marking(value as ChalkInstance) : value
    },
  })
}

/** `FORCE_COLOR` wins over all, then `NO_COLOR`, then whether it is a terminal that can. */
export function colourLevel(isTTY: boolean, env: Readonly<Record<string, string | undefined>>): 0 | 1 | 2 | 3 {
  const forced = env.FORCE_COLOR
  if (forced !== undefined && forced !== '') {
    if (forced === '0' || forced === 'false') return 0
    return forced === '2' ? 2 : forced === '3' ? 3 : 1
  }
  if (env.NO_COLOR) return 0
  return isTTY && env.TERM !== 'dumb' ? 1 : 0
}
