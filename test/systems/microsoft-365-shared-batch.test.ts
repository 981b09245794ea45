import { afterEach, expect, it } from 'vitest'
import { z } from 'zod'
import type { Clock } from '../../src/core/ports.ts'
import { path } from '../../src/http/client.ts'
import { createGraph } from '../../src/systems/microsoft-365/graph.ts'
import { connect, sendJson, startLoopback } from '../http/loopback.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const clock: Clock = {
  now: () => new Date(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
}
const user = z.object({ id: z.string() })
const sent = z.object({ requests: z.array(z.object({ id: z.string(), method: z.string(), url: z.string() })) })

interface Answered {
  status: number
  body: unknown
}

/** Graph with users by their ids: alone each is answered 200, in a batch as `partOf` says. */
async function graphOf(
  partOf: (id: string) => Answered = id => ({ status: 200, body: { id } }),
  slept?: (ms: number) => void,
) {
  const server = await startLoopback(({ url, body }, response) => {
    if (url !== '/$batch') return sendJson(response, { id: idIn(url) })
    const { requests } = sent.parse(JSON.parse(body))
    sendJson(response, { responses: requests.map(one => ({ id: one.id, ...partOf(idIn(one.url)) })).reverse() })
  })
  const { client } = connect(server.url)
  closing.push(server.close, client.close)
  const noting: Clock = {
    ...clock,
    sleep(ms) {
      slept?.(ms)
      return clock.sleep(ms)
    },
  }
  const graph = createGraph(client, server.url, noting)
  const look = async (id: string) => (await graph.get(path`/users/${id}`, user)).id
  return { graph, look, received: () => server.received.splice(0).map(({ url, body }) => ({ url, body })) }
}

function idIn(url: string): string {
  return url.split('/').at(-1) ?? ''
}

/** From the third person on, readings wait longer for company. */
async function inCompany(partOf?: (id: string) => Answered) {
  const stage = await graphOf(partOf)
  for (const id of ['a', 'b']) await stage.look(id)
  expect(stage.received().map(({ url }) => url)).toEqual(['/users/a', '/users/b'])
  return stage
}

it('asks for what is asked for at once together, and for what is asked for alone by itself', async () => {
  const { look, received } = await graphOf()
  expect(await Promise.all(['a', 'b'].map(look))).toEqual(['a', 'b'])
  expect(await look('a')).toBe('a')
  const [batch, ...more] = received()
  expect([batch?.url, more.map(({ url }) => url)]).toEqual(['/$batch', ['/users/a']])
  expect(sent.parse(JSON.parse(batch?.body ?? '')).requests.map(({ url }) => url)).toEqual(['/users/a', '/users/b'])
})

it('waits for company once there are many, and takes no search for many', async () => {
  const waits: number[] = []
  const { graph, look } = await graphOf(undefined, ms => waits.push(ms))
  const crowd = Array.from({ length: 5 }, (_, at) => path`/users/u${at}`)
  await graph.getAll(crowd, user)
  for (const id of ['a', 'b', 'c']) await look(id)
  expect(waits).toEqual([25, 25, 25, 100])
})

it('never answers with what was asked before the question', async () => {
  let looks = 0
  const { look, received } = await inCompany(() => ({ status: 200, body: { id: `look ${++looks}` } }))
  const both = () => Promise.all(['c', 'c'].map(look))
  expect([await both(), await both()]).toEqual([
    ['look 1', 'look 2'],
    ['look 3', 'look 4'],
  ])
  expect(received()).toHaveLength(2)
})

it('takes no more than twenty into one', async () => {
  const { look, received } = await inCompany()
  await look('c')
  received()
  await Promise.all(Array.from({ length: 45 }, (_, at) => look(`u${at}`)))
  expect(received().map(({ body }) => sent.parse(JSON.parse(body)).requests.length)).toEqual([20, 20, 5])
})

it('tells of each what it was answered: one that is refused is refused alone', async () => {
  const { look } = await inCompany(id =>
    id === 'd'
      ? { status: 403, body: { error: { code: 'Forbidden', message: 'No.' } } }
      : { status: 200, body: { id } },
  )
  const [c, d, e] = await Promise.allSettled([look('c'), look('d'), look('e')])
  expect([c, e]).toMatchObject([{ value: 'c' }, { value: 'e' }])
  expect(d).toMatchObject({ reason: { kind: 'forbidden' } })
})

it.each([429, 503, 401, 500])(
  'asks once more by itself for what met %s, and nobody else waits for it',
  async status => {
    const { look, received } = await inCompany(id =>
      id === 'd' ? { status, body: { error: { code: 'x', message: 'Not now.' } } } : { status: 200, body: { id } },
    )
    expect(await Promise.all(['c', 'd', 'e'].map(look))).toEqual(['c', 'd', 'e'])
    expect(received().map(({ url }) => url)).toEqual(['/$batch', '/users/d'])
  },
)
