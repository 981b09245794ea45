import { Chalk, type ChalkInstance } from 'chalk'

/** Colours for one stream; none off a terminal, as `NO_COLOR` and `FORCE_COLOR` say. */
export function styleFor(
  stream: { isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): ChalkInstance {
  return new Chalk({ level: colourLevel(stream.isTTY === true, env) })
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
