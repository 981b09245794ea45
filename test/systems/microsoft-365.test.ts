import { describe, expect, it } from 'vitest'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { bringAll, goalOf, theOne } from './people-stage.ts'

/** The contract that every system with people keeps, for Microsoft 365 against the sandbox. */

const stage = setGraphStage()
const alsoDelete = { ...plain, delete: true }
const kinds = [
  'admin-roles-dropped',
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
  'groups-left',
  'mail-kept-in',
  'mailbox-shared',
  'access-freed',
  'devices-released',
]

describe('finding', () => {
  it.each([
    ['an apostrophe', "sean.o'malley@ironbridge.example", "Sean O'Malley"],
    ['a plus sign', 'dana.reed+billing@ironbridge.example', 'Dana Reed'],
    ['letters with accents', 'zoë.müller@ironbridge.example', 'Zoë Müller'],
  ])('finds somebody by an e-mail with %s, and only them', async (_, email, name) => {
    const [givenName, surname] = name.split(' ')
    await stage.control('people', { key: email, givenName, surname, email })
    const people = await stage.open()
    const account = await theOne(people, ` ${email.toUpperCase()} `)
    expect(account).toMatchObject({ email, login: email, name, active: true, roles: [] })
    expect(await people.account(account.id)).toEqual(account)
  })

  it('finds by an alias, and a guest by the address at home', async () => {
    await stage.control('people', {
      key: 'guest',
      givenName: 'Gus',
      surname: 'Guest',
      email: 'gus@supplier.example',
      guest: true,
    })
    const people = await stage.open()
    expect((await theOne(people, 'emma.suzuki@ironbridge.onmicrosoft.example')).email).toBe(estate.cloud)
    expect((await theOne(people, 'gus@supplier.example')).login).toBe('gus_supplier.example#EXT#@ironbridge.example')
    expect(await theOne(people, 'GUS_supplier.example#ext#@ironbridge.example')).toMatchObject({ name: 'Gus Guest' })
  })

  it.each(['nobody@ironbridge.example', 'emma', '*', '"', "'", "x' or id ne 'y", '', '%', 'smtp:'])(
    'knows nobody by %j, which is no error',
    async word => {
      expect(await (await stage.open()).find(word)).toEqual([])
    },
  )

  it('returns several as they are', async () => {
    await stage.control('people/change', { email: estate.other, proxyAddresses: [`smtp:${estate.cloud}`] })
    expect((await (await stage.open()).find(estate.cloud)).length).toBe(2)
  })

  it('knows no account with an id that nobody has', async () => {
    const people = await stage.open()
    expect(await people.account('00000000-0000-4000-a000-000000000000')).toBeNull()
    expect(await people.account('99999999')).toBeNull()
  })

  it('lists everybody once, over all pages, with roles, and counts them', async () => {
    await stage.control('page-size', { size: 7 })
    const people = await stage.open()
    const all = []
    for await (const account of people.list()) all.push(account)
    expect(all.length).toBeGreaterThan(60)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(await people.count()).toBe(all.length)
    expect(all.find(({ email }) => email === estate.breakGlass)?.roles).toEqual([
      { name: 'Global Administrator', admin: true },
    ])
    expect(await stage.writes()).toEqual([])
  })
})

describe('the goals', () => {
  it('are those that the facts promise, in an order that can be kept', async () => {
    const people = await stage.open()
    const account = await theOne(people, estate.cloud)
    expect((await people.goals(account, plain)).map(({ kind }) => kind)).toEqual(kinds)
    const all = await people.goals(account, { ...alsoDelete, successor: estate.other })
    expect(all.map(({ kind }) => kind)).toEqual([
      ...kinds.slice(0, 7),
      'data-handed-over',
      'successor-let-in',
      'access-freed',
      'devices-released',
      'deleted',
    ])
    const order: string[] = all.map(({ kind }) => kind)
    for (const { kind, after, behind = [] } of all) {
      for (const before of [...after, ...behind]) expect(order.indexOf(before)).toBeLessThan(order.indexOf(kind))
    }
    expect(await stage.writes()).toEqual([])
  })

  it('come to hold one after the other, and a second run writes nothing', async () => {
    stage.allowDeletions()
    await stage.control('roles', { to: estate.cloud, role: 'userAdministrator' })
    const people = await stage.open()
    const account = await theOne(people, estate.cloud)
    const options = { ...alsoDelete, successor: estate.other }
    const goals = await people.goals(account, options)
    const first = await bringAll(goals)
    for (const [kind, { before, after, written }] of first) {
      expect([kind, before.state, after.state, written]).toEqual([kind, 'not-yet', 'holds', true])
    }
    expect(first.get('deleted')?.after).toEqual({ state: 'holds', reading: { deleted: true } })
    await stage.writes()

    const second = await bringAll(await people.goals(account, options))
    for (const [kind, { before }] of second) expect([kind, before.state]).toEqual([kind, 'holds'])
    expect(await stage.writes()).toEqual([])
    expect(await people.find(estate.cloud)).toEqual([])
  })

  it('hold for a run that finds the account as the first run left it, and write nothing', async () => {
    const people = await stage.open()
    await bringAll(await people.goals(await theOne(people, estate.cloud), plain))
    await stage.writes()
    const later = await stage.open()
    const again = await later.goals(await theOne(later, estate.cloud), plain)
    for (const [kind, { before }] of await bringAll(again)) expect([kind, before.state]).toEqual([kind, 'holds'])
    expect(again.flatMap(({ differences }) => differences)).toEqual([])
    for (const goal of again) await goal.bring?.()
    expect(await stage.writes()).toEqual([])
  })

  it('give back what they took', async () => {
    await stage.control('roles', { to: estate.cloud, role: 'userAdministrator' })
    await stage.control('groups', { name: 'Role: readers', members: [estate.cloud], roleAssignable: true })
    const people = await stage.open()
    const account = await theOne(people, estate.cloud)
    const goals = await people.goals(account, plain)
    const brought = await bringAll(goals)
    expect((await theOne(people, estate.cloud)).active).toBe(false)
    const undone: string[] = []
    for (const goal of goals) {
      const before = brought.get(goal.kind)?.before
      const undo = goal.undo?.(before?.state === 'not-yet' ? before.reading : undefined)
      if (undo === undefined) continue
      await undo.bring?.()
      expect([goal.kind, (await undo.look()).state]).toEqual([goal.kind, 'holds'])
      expect(await goal.look()).toEqual(before)
      undone.push(goal.kind)
      await stage.writes()
      await undo.bring?.()
      expect(await stage.writes()).toEqual([])
    }
    expect(undone).toEqual([
      'admin-roles-dropped',
      'sign-in-blocked',
      'groups-left',
      'mail-kept-in',
      'mailbox-shared',
      'access-freed',
    ])
    const { asFound: _then, ...was } = account
    expect(await theOne(people, estate.cloud)).toMatchObject(was)
  })
})

describe('when something goes wrong', () => {
  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on looking means', async (status, kind) => {
    const people = await stage.open()
    const goal = goalOf(await people.goals(await theOne(people, estate.cloud), plain), 'sign-in-blocked')
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.fault({ method: 'GET', path: '/users/', status, headers, body: {}, times: 0 })
    expect((await failureOf(goal.look())).kind).toBe(kind)
  })

  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [409, 'rejected'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i on writing means, and changes nothing', async (status, kind) => {
    const people = await stage.open()
    const goal = goalOf(await people.goals(await theOne(people, estate.cloud), plain), 'sign-in-blocked')
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.fault({ method: 'PATCH', status, headers, body: {}, times: 0 })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe(kind)
    expect((await goal.look()).state).toBe('not-yet')
    expect(await stage.writes()).toEqual([])
  })

  it('lets a look decide when the answer to a write is lost', async () => {
    stage.allowDeletions()
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.cloud), alsoDelete)
    const block = goalOf(goals, 'sign-in-blocked')
    await stage.fault({ method: 'PATCH', path: '/users/', drop: 'before' })
    expect((await failureOf(Promise.resolve(block.bring?.()))).kind).toBe('lost-answer')
    expect((await block.look()).state).toBe('not-yet')
    await stage.fault({ method: 'PATCH', path: '/users/', drop: 'after' })
    await block.bring?.()
    await stage.fault({ method: 'POST', path: 'revoke', drop: 'after' })
    await goalOf(goals, 'sessions-ended').bring?.()
    await stage.fault({ method: 'POST', path: 'batch', drop: 'after' })
    await goalOf(goals, 'groups-left').bring?.()
    await stage.fault({ method: 'DELETE', path: '/users/', drop: 'after' })
    await goalOf(goals, 'deleted').bring?.()
    for (const kind of ['sign-in-blocked', 'sessions-ended', 'groups-left', 'deleted'] as const) {
      expect([kind, (await goalOf(goals, kind).look()).state]).toEqual([kind, 'holds'])
    }
  })

  it('does not take a 404 from a broken endpoint for a deleted account', async () => {
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.cloud), alsoDelete)
    await stage.fault({ method: 'GET', path: '/users', status: 404, body: {}, times: 0 })
    await stage.fault({ method: 'POST', path: '/exchange/', status: 404, body: {}, times: 0 })
    for (const goal of goals) expect([goal.kind, (await failureOf(goal.look())).facts.status]).toEqual([goal.kind, 404])
  })

  it('names a member that is missing, and ignores one that is new', async () => {
    const people = await stage.open()
    const account = await theOne(people, estate.cloud)
    const goal = goalOf(await people.goals(account, plain), 'sign-in-blocked')
    await stage.fault({ method: 'GET', path: '/users/', omit: ['accountEnabled'] })
    expect((await failureOf(goal.look())).facts).toMatchObject({ field: 'accountEnabled' })
    await stage.fault({ method: 'GET', path: '/users\\?', omit: ['value.userPrincipalName'] })
    expect((await failureOf(people.find(estate.cloud))).facts).toMatchObject({ field: 'value.0.userPrincipalName' })
    await stage.control('people/change', { email: estate.cloud, newMember: { deep: [1] } })
    expect(await people.find(estate.cloud)).toEqual([account])
  })

  it('shows no secret in errors, readings or what --debug prints', async () => {
    const session = await stage.session()
    const { people } = session
    if (people === undefined) throw new Error('no people')
    const goals = await people.goals(await theOne(people, estate.cloud), plain)
    const brought = await bringAll(goals)
    await stage.fault({ path: '/users', status: 500, echo: true, times: 0 })
    const failure = await failureOf(people.find(estate.cloud))
    const bodies = (await stage.calls()).map(({ body = '' }) => /"password":"([^"]+)"/.exec(body)?.[1] ?? '')
    const passwords = bodies.filter(one => one !== '')
    expect(passwords.length).toBe(1)
    const seen = JSON.stringify([
      ...brought.values(),
      goals.map(({ differences, residual }) => [differences, residual]),
      failure.message,
      failure.facts,
      failure.hint,
      stage.exchanges,
      await session.check().catch((error: unknown) => String(error)),
    ])
    for (const secret of [...stage.sandbox.secrets(), ...passwords]) expect(seen).not.toContain(secret)
  })
})
