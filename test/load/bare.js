// The requests of a run again, by nothing but undici: what is sent and read is the same, and what is answered is parsed.
import { Pool } from 'undici'
import { judgedSystems } from '../kill/judge.js'
import { openStage } from '../kill/stage.js'
import { cpuMsOf } from './measure.js'

/**
 * In the order in which they came, so many at once: no request waits for the answer to another one of its person.
 * @param prepare the stage as it was for the run
 */
export async function throughUndici(world, calls, atOnce, prepare) {
  const stage = await openStage(world)
  const pool = new Pool(stage.origin, { connections: atOnce, pipelining: 1 })
  try {
    await prepare(stage)
    const begun = performance.now()
    const tokens = await signIn(pool, stage.systems)
    const [cpuBefore, sandboxBefore] = [process.cpuUsage(), cpuMsOf(stage.pid)]
    const queue = calls.filter(call => !isSignIn(call))
    const odd = []
    let next = 0
    const work = async () => {
      while (next < queue.length) {
        const { system, method, path, body, status } = queue[next++]
        const answer = await pool.request({
          method,
          path: `/${system}${path}`,
          headers: { authorization: `Bearer ${tokens[system]}`, 'content-type': 'application/scim+json' },
          ...(body ? { body } : {}),
        })
        const text = await answer.body.text()
        if (text !== '') JSON.parse(text)
        if (answer.statusCode !== status) odd.push(`${system} ${method} ${path}: ${answer.statusCode}, not ${status}`)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    const { user, system } = process.cpuUsage(cpuBefore)
    return {
      atOnce,
      ms: performance.now() - begun,
      cpuMs: (user + system) / 1000,
      sandboxCpuMs: cpuMsOf(stage.pid) - sandboxBefore,
      odd,
    }
  } finally {
    await pool.close()
    await stage.close()
  }
}

export function isSignIn({ path }) {
  return /^\/(log-in|v2\/security\/(authenticate|refreshtoken))/.test(path)
}

async function signIn(pool, systems) {
  const tokens = { scim: systems.scim.credentials.token }
  for (const id of judgedSystems.filter(one => one !== 'scim')) {
    const { username, company, password } = systems[id].credentials
    const form = new URLSearchParams({ grantType: 'password', userName: username, password, tenant: company })
    const [path, type, body] =
      id === 'bms'
        ? ['/bms/v2/security/authenticate', 'application/x-www-form-urlencoded', form.toString()]
        : [`/${id}/log-in`, 'application/json', JSON.stringify({ username, company, password })]
    const answer = await pool.request({ method: 'POST', path, headers: { 'content-type': type }, body })
    const given = await answer.body.json()
    tokens[id] = id === 'bms' ? given.Result.AccessToken : given.accessToken
  }
  return tokens
}
