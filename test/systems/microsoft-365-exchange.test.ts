import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { hostsOf } from '../../src/systems/microsoft-365/clouds.ts'
import { isNobody, readExchangeError } from '../../src/systems/microsoft-365/exchange/exchange-error.ts'
import { missingInExchange } from '../../src/systems/microsoft-365/exchange/exchange-rights.ts'
import { replyText } from '../../src/systems/microsoft-365/reply.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { triesOn } from './microsoft-365-tries.ts'
import { theOne } from './people-stage.ts'

const stage = setGraphStage()
const { goalFor, bring } = triesOn(stage)

async function issued(scope = 'exchange'): Promise<string> {
  const known = stage.sandbox.tenants[19]?.connections['microsoft-365']
  const { signInUrl = '', tenantId = '', clientId = '', exchangeUrl = '', url = '' } = known?.settings ?? {}
  const form = {
    client_id: clientId,
    client_secret: known?.secrets.clientSecret ?? '',
    grant_type: 'client_credentials',
    scope: `${scope === 'exchange' ? exchangeUrl : url}/.default`,
  }
  const answer = await fetch(`${signInUrl}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  })
  return z.object({ access_token: z.string() }).parse(await answer.json()).access_token
}

async function invoke(CmdletName: string, Parameters: object, { token = '', query = '' } = {}) {
  const { exchangeUrl, tenantId } = stage.sandbox.tenants[19]?.connections['microsoft-365']?.settings ?? {}
  const answer = await fetch(`${exchangeUrl}/adminapi/beta/${tenantId}/InvokeCommand${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token || (await issued())}`, 'x-anchormailbox': `UPN:${estate.cloud}` },
    body: JSON.stringify({ CmdletInput: { CmdletName, Parameters } }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

describe('the simulator', () => {
  it('refuses cmdlets and parameters that there are none of, values of another type, and what is required and missing', async () => {
    expect((await invoke('Get-Everything', {})).status).toBe(404)
    const wrong: [string, object, RegExp][] = [
      ['Set-Mailbox', { Identity: estate.cloud, Typ: 'Shared' }, /matches parameter name 'Typ'/],
      ['Set-Mailbox', { Identity: estate.cloud, HiddenFromAddressListsEnabled: 'yes' }, /argument transformation/],
      ['Set-Mailbox', { Type: 'Shared' }, /missing mandatory parameters: Identity/],
    ]
    for (const [name, given, why] of wrong) {
      const { status, body } = await invoke(name, given)
      expect([status, body.error.message]).toEqual([400, expect.stringMatching(why)])
    }
  })

  it('says no in three forms, each of which is read, and warns with a 200', async () => {
    const cases: [string, object, string, RegExp][] = [
      ['Get-Mailbox', { Identity: 'nobody' }, 'details', /couldn't be found/],
      ['Set-Mailbox', { Identity: estate.synced, ForwardingAddress: 'x' }, 'innererror', /synchronized from your/],
      ['Set-Mailbox', { Identity: estate.cloud, Typ: 'x' }, 'message', /cannot be found that matches/],
    ]
    for (const [name, given, form, why] of cases) {
      const { status, body } = await invoke(name, given)
      expect(Object.keys(body.error)).toContain(form)
      const error = readExchangeError(status, body)
      expect([error?.kind, error?.message]).toEqual(['rejected', expect.stringMatching(why)])
      expect([form, isNobody(error)]).toEqual([form, form === 'details'])
    }
    const { status, body } = await invoke('Set-Mailbox', { Identity: estate.cloud, DeliverToMailboxAndForward: true })
    expect([status, body['@adminapi.warnings']]).toEqual([200, [expect.stringContaining('no settings')]])
  })

  it('takes a token for Exchange only, and of an app that has permission and role', async () => {
    expect((await invoke('Get-AcceptedDomain', {}, { token: await issued('graph') })).status).toBe(401)
    await stage.control('exchange-rights', { roles: [] })
    expect((await invoke('Get-AcceptedDomain', {})).status).toBe(403)
  })
})

describe('the client', () => {
  it('reads all pages, each by a POST of the same body', async () => {
    await stage.control('groups', { name: 'Press', members: [estate.cloud], mail: true })
    await stage.control('page-size', { size: 1 })
    const goal = await goalFor(estate.cloud, 'groups-left')
    expect(await goal.look()).toMatchObject({ reading: { lists: [{ name: 'Orders' }, { name: 'Press' }] } })
  })

  it('waits as long as it is asked to, and writes what was refused for rate', async () => {
    const goal = await goalFor(estate.cloud, 'mailbox-shared')
    await stage.fault({
      method: 'POST',
      path: 'InvokeCommand',
      write: true,
      status: 429,
      headers: { 'retry-after': '7' },
    })
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    expect(stage.clock.waits.some(ms => ms >= 7000)).toBe(true)
  })

  it('takes no list that was cut for a whole one', async () => {
    await stage.control('quirks', { listsCut: true })
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.cloud), plain)
    const goal = goals.find(({ kind }) => kind === 'groups-left')
    expect(goal?.warnings.join()).toMatch(
      /Distribution lists could not be read: .* not give the whole answer to Get-Recipient/,
    )
    await goal?.bring?.()
    await expect(goal?.look()).rejects.toThrow(/whole answer/)
  })

  it("takes nobody else's mailbox for theirs, and none for one that is there", async () => {
    await stage.control('people', { key: 'x', givenName: 'No', surname: 'Mail', email: 'no.mail@ironbridge.example' })
    const people = await stage.open()
    const account = await theOne(people, 'no.mail@ironbridge.example')
    await stage.control('quirks', { identityListsAll: true })
    const [shared] = (await people.goals(account, plain)).filter(({ kind }) => kind === 'mailbox-shared')
    await expect(shared?.look()).rejects.toThrow('showed the mailbox of somebody else')
  })

  it('takes holds over all mailboxes that are not shown for no no', async () => {
    await stage.control('quirks', { wideHoldsHidden: true })
    const goal = await goalFor(estate.cloud, 'mailbox-shared')
    expect(goal.warnings.join()).toContain('whether it is on hold')
  })

  it('does not follow a next page elsewhere', async () => {
    const goal = await goalFor(estate.cloud, 'mailbox-shared')
    const link = { '@odata.nextLink': 'https://elsewhere.example/adminapi/beta/x', value: [] }
    await stage.fault({ method: 'POST', path: 'InvokeCommand', status: 200, body: link })
    await expect(goal.look()).rejects.toThrow(/another place for the next page/)
  })
})

describe('what is known beforehand', () => {
  it('is where each cloud is, by one setting; an old setting tells it, too', () => {
    expect(hostsOf({}).exchangeUrl).toBe('https://outlook.office365.com')
    expect(hostsOf({ cloud: 'china' })).toEqual({
      url: 'https://microsoftgraph.chinacloudapi.cn',
      signInUrl: 'https://login.partner.microsoftonline.cn',
      exchangeUrl: 'https://partner.outlook.cn',
      environment: 'O365China',
    })
    expect(hostsOf({ url: 'https://graph.microsoft.us/' }).exchangeUrl).toBe('https://outlook.office365.us')
    expect(hostsOf({ url: 'http://127.0.0.1:1/graph' }).exchangeUrl).toBeUndefined()
    expect(() => hostsOf({ cloud: 'mars' })).toThrow(/no choice for cloud/)
  })

  it('is where the page says', () => {
    const page = readFileSync(new URL('../../src/systems/microsoft-365/README.md', import.meta.url), 'utf8')
    const rows = [...page.matchAll(/^\| `([\w-]+)` \| (\S+\.\S+) \| (\S+\.\S+) \| (\S+\.\S+) \|$/gm)].map(row =>
      row.slice(1),
    )
    expect(rows.map(([cloud]) => cloud)).toEqual(['global', 'us-gcc-high', 'us-dod', 'china'])
    for (const [cloud = '', ...hosts] of rows) {
      const { url, signInUrl, exchangeUrl } = hostsOf({ cloud })
      expect([url, signInUrl, exchangeUrl]).toEqual(hosts.map(host => `https://${host}`))
    }
  })

  it('is what a token lacks for Exchange', () => {
    expect(missingInExchange(null)).toEqual([])
    expect(missingInExchange({ scp: 'Exchange.Manage' })).toEqual([])
    expect(missingInExchange({ appid: 'x' })).toHaveLength(1)
    expect(missingInExchange({ roles: ['Exchange.ManageAsApp'], wids: ['x'] })).toHaveLength(1)
    const administrator = '29232cdf-9323-42fd-ade2-1d097af3e4de'
    expect(missingInExchange({ roles: ['Exchange.ManageAsApp'], wids: [administrator] })).toEqual([])
  })

  it('is what stands for somebody in an automatic reply', () => {
    const text = '{name} has left. Write to {successor}. Thank you.'
    expect(replyText(text, { name: 'Emma Suzuki' }, 'carla@x.example')).toBe(
      'Emma Suzuki has left. Write to carla@x.example. Thank you.',
    )
    expect(replyText(text, { name: 'Emma Suzuki' }, undefined)).toBe('Emma Suzuki has left. Thank you.')
    expect(replyText('{successor}', { name: 'E' }, undefined)).toBeUndefined()
  })
})
