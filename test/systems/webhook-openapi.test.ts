import type { ServerResponse } from 'node:http'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { afterEach, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { webhook } from '../../src/systems/webhook/index.ts'
import { at, type Json, membersOf, objectsOf } from '../contract/json-document.ts'
import { createTestClock } from '../http/loopback.ts'
import { alsoDelete, bringAll, theOne } from './people-stage.ts'
import { type ForeignReceiver, openWebhook, type Received, startReceiver } from './webhook-stage.ts'

/** The published contract: it is valid OpenAPI 3.1, and k1ctl and the sandbox's receiver both keep it. */

const document: Json = JSON.parse(JSON.stringify(await webhook.contract?.()))

const ajv = new Ajv2020({ allErrors: true, strict: false })
addFormats.default(ajv)
ajv.addSchema(Object.assign({ $id: 'urn:k1ctl:webhook' }, document))

function faultsOf(schemaAt: string, value: unknown): unknown[] {
  const check = ajv.compile({ $ref: `urn:k1ctl:webhook#${schemaAt.slice(1)}` })
  return check(value) ? [] : (check.errors ?? [])
}

const types = ['ping', 'person.look', 'people.list', 'person.ensure']
const postOf = (type: string) => `/webhooks/${type}/post`

describe('the published contract', () => {
  it('says whose it is, and which four messages there are', () => {
    expect(at(document, '/openapi')).toBe('3.1.0')
    expect(at(document, '/info/title')).toContain('published by k1ctl (not an API of Kaseya')
    expect(membersOf(at(document, '/webhooks')).map(([name]) => name)).toEqual(types)
    const ids = types.map(type => at(document, `${postOf(type)}/operationId`))
    expect(new Set(ids).size).toBe(4)
  })

  it('has only references that resolve, and valid schemas, all of them used', () => {
    const refs = [...objectsOf(document)].flatMap(({ here }) => (typeof here.$ref === 'string' ? [here.$ref] : []))
    expect(refs.length).toBeGreaterThan(20)
    expect(refs.filter(reference => at(document, reference.slice(1)) === undefined)).toEqual([])
    const schemas = membersOf(at(document, '/components/schemas'))
    expect(schemas.length).toBeGreaterThan(8)
    for (const [name, schema] of schemas) {
      expect(ajv.validateSchema(Object(schema)), name).toBe(true)
      expect(refs.includes(`#/components/schemas/${name}`), name).toBe(true)
    }
  })

  it('has examples that satisfy their schemas', () => {
    let checked = 0
    for (const { where, here } of objectsOf(document)) {
      if (here.schema === undefined) continue
      const examples = membersOf(here.examples).map(([, example]) => at(example, '/value'))
      if (here.example !== undefined) examples.push(here.example)
      for (const example of examples) {
        expect(faultsOf(`${where}/schema`, example), where).toEqual([])
        checked++
      }
    }
    expect(checked).toBeGreaterThan(12)
  })

  it('has three signed headers on each message, and says what a refusal is', () => {
    for (const type of types) {
      const parameters = membersOf(at(document, `${postOf(type)}/parameters`)).map(([, one]) => at(one, '/$ref'))
      const names = parameters.map(one => at(document, `${String(one).slice(1)}/name`))
      expect(names).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature'])
      const statuses = membersOf(at(document, `${postOf(type)}/responses`)).map(([status]) => status)
      expect(statuses).toEqual(expect.arrayContaining(['200', '401', '429', '503']))
    }
  })

  it('names no host', () => {
    const urls = JSON.stringify(document).match(/https?:\/\/[^"/ ]+/g) ?? []
    expect(new Set(urls)).toEqual(new Set(['https://json-schema.org']))
  })

  it('refuses, by schema, what a look or a wish cannot be', () => {
    const look = `#${postOf('person.look')}/requestBody/content/application~1json/schema`
    expect(faultsOf(look, { type: 'person.look', id: '1', word: 'amy' })).not.toEqual([])
    const ensure = `#${postOf('person.ensure')}/requestBody/content/application~1json/schema`
    const person = { id: '1', login: 'amy', email: '', name: '' }
    expect(faultsOf(ensure, { type: 'person.ensure', person, goal: 'deleted', hold: true })).toEqual([])
    expect(faultsOf(ensure, { type: 'person.ensure', person, goal: 'data-handed-over', hold: true })).not.toEqual([])
    const people = `#${postOf('person.look')}/responses/200/content/application~1json/schema`
    expect(faultsOf(people, { people: [{ id: '1', login: 'amy' }] })).not.toEqual([])
    expect(faultsOf(people, { people: [{ id: '1', login: 'amy', active: null, shoeSize: 43 }] })).toEqual([])
  })
})

describe('both sides keep it', () => {
  let sandbox: Sandbox | undefined
  let between: ForeignReceiver | undefined

  afterEach(async () => {
    await between?.close()
    await sandbox?.close()
  })

  it('in every message and every answer of a whole offboarding, and its undoing', async () => {
    const clock = createTestClock()
    sandbox = await startSandbox({ seed: 'demo', now: () => clock.now() })
    const known = sandbox.tenants[19]?.connections['webhook:badges']
    const faults: unknown[] = []
    const seen = new Map<string, number>()

    /** Stands between, and holds both to the contract. */
    async function pass({ id, timestamp, signatures, text, message }: Received, response: ServerResponse) {
      const headers = {
        'webhook-id': id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatures.join(' '),
      }
      const answer = await fetch(known?.settings.url ?? '', { method: 'POST', headers, body: text })
      const said = await answer.text()
      const operation = postOf(message.type)
      const content = 'content/application~1json/schema'
      faults.push(...faultsOf(`#${operation}/requestBody/${content}`, message))
      for (const name of ['id', 'timestamp', 'signature'] as const) {
        const parameter = `/components/parameters/${name}`
        const header = headers[`webhook-${name}`]
        faults.push(...faultsOf(`#${parameter}/schema`, header))
      }
      const described = at(document, `${operation}/responses/${answer.status}`)
      if (described === undefined) faults.push(`${message.type}: ${answer.status}`)
      if (at(described ?? null, `/${content}`) !== undefined) {
        faults.push(...faultsOf(`#${operation}/responses/${answer.status}/${content}`, JSON.parse(said)))
      }
      const key = `${message.type} ${answer.status}`
      seen.set(key, (seen.get(key) ?? 0) + 1)
      response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(said)
    }

    between = await startReceiver((received, response) => void pass(received, response))
    const settings = { ...known?.settings, ...known?.secrets, url: between.url }
    const { session, people } = await openWebhook(settings, clock)
    await session.check()
    for await (const one of people.list()) expect(one.id).toMatch(/^B-/)
    const word = estateLeaver(demoWorld()).person.email
    const account = await theOne(people, word)
    const goals = await people.goals(account, alsoDelete)
    const brought = await bringAll(goals.slice(0, -1))
    for (const goal of goals) {
      const before = brought.get(goal.kind)?.before
      const undo = before?.state === 'not-yet' ? goal.undo?.(before.reading) : undefined
      if (undo !== undefined) await bringAll([undo])
    }
    await bringAll(goals.slice(-1))
    await session.close()
    expect(faults).toEqual([])
    expect([...seen.keys()].sort()).toEqual([
      'people.list 200',
      'person.ensure 200',
      'person.ensure 202',
      'person.look 200',
      'ping 200',
    ])
  })
})
