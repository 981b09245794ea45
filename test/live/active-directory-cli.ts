import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDirectory } from '../../src/systems/active-directory/directory.ts'
import { readDomain } from '../../src/systems/active-directory/domain.ts'
import { createGroups } from '../../src/systems/active-directory/groups.ts'
import { guidText } from '../../src/systems/active-directory/ids.ts'
import { readSettings } from '../../src/systems/active-directory/settings.ts'
import { createUsers } from '../../src/systems/active-directory/users.ts'
import { type Ran, runIn } from '../cli/harness.ts'
import { failureOf } from '../http/loopback.ts'
import { bringAll, theOne } from '../systems/people-stage.ts'
import { delegate } from './delegation.ts'
import { awkward, go, noController, setStage } from './stage.ts'

describe.skipIf(noController())('a real Active Directory through the front door', () => {
  const stage = setStage()
  const home = mkdtempSync(join(tmpdir(), 'k1ctl-live-'))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  const k1ctl = (words: string[], options: Parameters<typeof runIn>[2] = {}): Promise<Ran> =>
    runIn(home, words, options)
  const json = ({ stdout }: Ran) => JSON.parse(stdout)
  let run = ''

  const connect = (more: string[] = []) => {
    const { url, username, caFile, serverName, leaversOu } = {
      ...stage.settings(),
      caFile: stage.samba.caFile,
    } as Record<string, string>
    const set = { ca: caFile, serverName, leaversOu, clearAttributes: 'manager,telephoneNumber' }
    return k1ctl(
      [
        ...['connect', 'active-directory', '--tenant', 'Corp', '--url', url ?? '', '--username', username ?? ''],
        ...['--password-stdin', '--keep', 'plain'],
        ...Object.entries(set).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
        ...more,
      ],
      { stdin: stage.samba.administrator.password },
    )
  }

  beforeAll(async () => {
    await k1ctl(['tenant', 'add', 'Corp', '--domain', 'corp.test', '--domain', 'corp-mail.example'])
  })

  it('connects with a file of the certificate authority', async () => {
    const { code, stderr } = await connect()
    expect([code, stderr]).toEqual([0, expect.stringContaining('Signed in to Active Directory as Administrator')])
    const doctor = json(await k1ctl(['doctor', '--json']))
    expect(doctor).toContainEqual(expect.objectContaining({ what: 'active-directory for Corp', state: 'ok' }))
  })

  it('does not keep a connection that does not come about', async () => {
    const { code, stderr } = await connect(['--set', 'serverName=dc9.corp.test'])
    expect([code, stderr]).toEqual([1, expect.stringMatching(/certificate is for another host[\s\S]*DC1\.corp\.test/i)])
  })

  it('offboards a person, and proves it', async () => {
    const ran = await k1ctl([
      'offboard',
      'ann@corp.test',
      '--tenant',
      'Corp',
      '--only',
      'active-directory',
      '--yes',
      '--json',
    ])
    expect([ran.code, ran.stderr]).toEqual([0, expect.any(String)])
    const report = json(ran)
    expect(JSON.stringify(report)).toContain('"verdict":"proved"')
    run = String(report.run)
    expect(await stage.corp.signIn('ann@corp.test')).toMatch(/data 5(33|2e)/i)
    expect((await stage.corp.find('(sAMAccountName=ann)'))?.dn).toMatch(/OU=Leavers/)
  })

  it('writes nothing a second time', async () => {
    const usn = await stage.corp.usn()
    const ran = await k1ctl(['offboard', 'ann', '--tenant', 'Corp', '--only', 'active-directory', '--yes', '--json'])
    expect(ran.code).toBe(0)
    expect(await stage.corp.usn()).toEqual(usn)
  })

  it('undoes it: sign-in, groups and place', async () => {
    const ran = await k1ctl(['runs', 'undo', run, '--yes', '--json'])
    const back = ['sign-in-blocked', 'groups-left', 'access-freed']
    expect(
      json(ran)
        .results.filter((r: { proved: boolean }) => r.proved)
        .map((r: { kind: string }) => r.kind),
    ).toEqual(back)
    const entry = await stage.corp.find('(sAMAccountName=ann)')
    expect(entry).toMatchObject({ userAccountControl: '66048', description: 'Welder, night shift', cn: awkward.name })
    expect(entry?.dn).toMatch(/OU=Staff/)
    expect(entry?.memberOf).toHaveLength(2)
    expect(entry?.primaryGroupID).not.toBe('513')
  })

  it('refuses the built-in accounts', async () => {
    const usn = await stage.corp.usn()
    for (const [login, why] of [
      ['krbtgt', 'the key of all tickets'],
      ['dora', 'AdminSDHolder'],
      ['administrator@corp.test', 'signs in with'],
    ] as const) {
      const ran = await k1ctl(['offboard', login, '--tenant', 'Corp', '--only', 'active-directory', '--yes'])
      expect([login, ran.code === 0, ran.stdout + ran.stderr]).toEqual([login, false, expect.stringContaining(why)])
    }
    expect(await stage.corp.usn()).toEqual(usn)
  })

  it('needs no more rights than it names', async () => {
    const { samba, corp } = stage
    await corp.addUser(`CN=Leaver,OU=Staff,${samba.base}`, 'leaver', { manager: `CN=Boss,OU=Staff,${samba.base}` })
    await corp.join(`CN=VPN,OU=Groups,${samba.base}`, `CN=Leaver,OU=Staff,${samba.base}`)
    const helper = { username: 'helper@corp.test', password: corp.password, clearAttributes: 'manager' }
    const attributes = ['userAccountControl', 'description', 'primaryGroupID', 'manager', 'name', 'cn']
    await delegate(samba, corp, 'helper', attributes)
    const session = await stage.session(helper)
    expect((await session.check()).missing).toEqual([])
    const people = await stage.people(helper)
    const brought = await bringAll(await people.goals(await theOne(people, 'leaver'), go))
    for (const [kind, { after }] of brought) {
      expect([kind, after.state]).toEqual([kind, kind === 'deleted' ? 'unobservable' : 'holds'])
    }
    expect((await corp.find('(&(isDeleted=TRUE)(sAMAccountName=leaver))'))?.isDeleted).toBe('TRUE')
    // Who was an administrator once is out of its reach.
    const former = await people.goals(await theOne(people, 'umit'), go)
    expect(former.length).toBeGreaterThan(0)
  })

  it('takes a membership that is so already for done, or says that there was none', async () => {
    const settings = readSettings(stage.settings())
    const clock = { now: () => new Date(), sleep: async () => {} }
    const directory = await openDirectory(settings, clock, { env: {} })
    const domain = await readDomain(directory)
    const groups = createGroups(directory, domain)
    const [user] = await createUsers(directory, domain).find('boss')
    await stage.corp.addGroup('Twice')
    const guid = (await stage.corp.find('(sAMAccountName=Twice)'))?.objectGUID
    if (!user || !Buffer.isBuffer(guid)) throw new Error('no boss, or no group')
    const twice = guidText(guid)
    await groups.join(twice, user)
    await groups.join(twice, user)
    expect((await groups.direct(user)).map(({ name }) => name)).toEqual(['Twice'])
    await groups.leave(twice, user)
    // Samba says so with 53, which may mean anything: the engine looks, and finds that it holds.
    expect((await failureOf(groups.leave(twice, user))).kind).toBe('rejected')
    expect(await groups.direct(user)).toEqual([])
    await directory.close()
  })
})
