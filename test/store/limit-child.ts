/**
 * Another process of a team, which calls one system as fast as its limit lets it: `limit-child.mjs <store> <url>
 * <requests> <perMs> <forMs>`. Ends when the time is over, with a line of JSON.
 */
import { createHttpClient, path } from '../../src/http/client.ts'
import { openTeamStore } from '../../src/store/team/index.ts'

const [store = '', baseUrl = '', requests = '', perMs = '', forMs = ''] = process.argv.slice(2)
const clock = {
  now: () => new Date(),
  sleep: (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms)),
}
const processes = { own: process.pid, isAlive: () => true }
/** It signs nothing. */
const own = {
  home: { config: '/nonexistent', state: '/nonexistent' },
  env: {},
  processes,
  secrets: async () => {
    throw new Error('No secret is kept here.')
  },
}
const { limits, close } = openTeamStore({ url: store, operator: `child-${process.pid}@here`, processes, clock, own })
let questions = 0
const counted = {
  take: (...words: Parameters<typeof limits.take>) => {
    questions += 1
    return limits.take(...words)
  },
  giveBack: limits.giveBack,
}
const http = createHttpClient({
  baseUrl,
  system: 'Limited',
  http: { env: {}, limits: async () => counted },
  clock,
  rate: { requests: Number(requests), perMs: Number(perMs), by: 'all', of: 'one@credential' },
})
const end = Date.now() + Number(forMs)
let sent = 0
const failures: string[] = []
const line = async () => {
  while (Date.now() < end && failures.length === 0) {
    await http.request({ method: 'GET', path: path`/x` }).then(
      () => sent++,
      (error: unknown) => failures.push(String(error)),
    )
  }
}
await Promise.race([
  Promise.all(Array.from({ length: 4 }, line)),
  new Promise(resolve => setTimeout(resolve, Number(forMs) + 500)),
])
process.stdout.write(`${JSON.stringify({ sent, questions, failures })}\n`)
await http.close()
await close()
process.exit(0)
