import { describe, expect, it } from 'vitest'
import { failureOf, sendJson } from '../http/loopback.ts'
import { alsoDelete, bringAll, here, theOne } from './people-stage.ts'
import { goalsFor, setForeignStage } from './webhook-stage.ts'

/** Receivers that cannot tell how things are. */

const email = 'amy.chen@msp.example'

const { start, open, session } = setForeignStage()

describe('a receiver that only takes messages', () => {
  const blind = { reads: 'no', kinds: 'sign-in-blocked,devices-released,deleted' }

  it('is told once a run, never asked, and nothing is proved', async () => {
    const { received, types } = await start((_, response) => response.writeHead(204).end())
    const people = await open(blind)
    expect(await session().check()).toMatchObject({ missing: [] })
    expect(types()).toEqual(['ping'])
    const account = await theOne(people, ` ${email.toUpperCase()} `)
    expect(account).toMatchObject({ id: email, login: email, email, active: true })
    const goals = await people.goals(account, { ...alsoDelete, devices: 'lock' })
    for (const goal of goals) {
      expect(await goal.look()).toEqual({ state: 'unobservable', why: expect.stringContaining('reads=no') })
      expect([goal.undo, goal.differences.length]).toEqual([undefined, 1])
    }
    expect(types()).toEqual([])
    await bringAll(goals)
    await (await open(blind)).goals(account, alsoDelete).then(bringAll)
    expect(types()).toEqual(goals.concat(goals).map(() => 'person.ensure'))
    const ids = received.slice(1).map(({ id }) => id)
    expect(ids.slice(0, 3)).toEqual(ids.slice(3))
    expect(new Set(ids).size).toBe(3)
    expect(received[1]?.message.person).toEqual({ id: email, login: email, email, name: '' })
  })

  it.each(['amy', '*', '', '%', '"@msp.example', 'a b@msp.example', '@', 'amy@'])('knows nobody by %j', async word => {
    await start((_, response) => response.writeHead(204).end())
    expect(await (await open(blind)).find(word)).toEqual([])
  })

  it('cannot say who has an account, rather than that nobody has', async () => {
    await start((_, response) => response.writeHead(204).end())
    const people = await open(blind)
    expect((await failureOf(people.list()[Symbol.asyncIterator]().next())).kind).toBe('refused')
    expect(await people.count()).toBeNull()
    expect(await people.account('17')).toBeNull()
  })

  it('fails loudly all the same', async () => {
    await start((_, response) => sendJson(response, { error: 'no such flow' }, 404))
    const people = await open(blind)
    const [goal] = await goalsFor(people, email, here)
    expect((await failureOf(Promise.resolve(goal?.bring?.()))).message).toContain('no such flow')
  })
})
