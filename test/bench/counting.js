// What a list of the sandbox's calls says: how many, of how many different things, and how many had to wait for each other.

export function bySystem(calls) {
  const systems = new Map()
  for (const call of calls) systems.set(call.system, [...(systems.get(call.system) ?? []), call])
  return systems
}

/**
 * A call as one thing: a method and a path with its query, or its body where the path is always the same; a system that
 * names its operations (AWS) is told by those.
 */
export function nameOf({ method, path, body = '', operation }) {
  if (operation !== undefined) return operation.slice(0, 200)
  return path.endsWith('/$batch')
    ? `${method} $batch: ${partsOf(body).join('; ')}`
    : `${method} ${path} ${body.slice(0, 160)}`.trim()
}

function partsOf(body) {
  return JSON.parse(body).requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`)
}

/** Each thing, and how many times it was asked for. */
export function counted(calls) {
  const times = new Map()
  for (const call of calls) times.set(nameOf(call), (times.get(nameOf(call)) ?? 0) + 1)
  return [...times]
}

/**
 * The longest chain of calls of which each began after the one before it had its answer, where every answer takes
 * `delayMs`: no fewer round trips could it have been. Of calls of several systems it is the most that there can have been,
 * for one that came later need not have waited.
 */
export function longestChain(calls, delayMs) {
  const begun = calls.map(({ at }) => Date.parse(at)).sort((a, b) => a - b)
  let chain = 0
  let freeAt = Number.NEGATIVE_INFINITY
  for (const at of begun) {
    if (at < freeAt) continue
    chain += 1
    freeAt = at + delayMs
  }
  return chain
}
