import { afterAll, beforeAll } from 'vitest'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import type { HttpOptions } from '../../src/core/ports.ts'
import { activeDirectory } from '../../src/systems/active-directory/index.ts'
import type { TriedPeople as PeopleAccess, TriedSession as Session } from '../systems/tried-goal.ts'
import { openTried } from '../systems/tried-goal.ts'
import { type Corp, openCorp } from './corp.ts'
import { type Samba, startSamba, whyNoSamba } from './samba.ts'

export const stay: AccountGoalOptions = { delete: false, waitMs: 1_000, devices: 'release', present: new Set() }
export const go: AccountGoalOptions = { ...stay, delete: true }

/** As the server is told it, and as a person writes it. */
export const awkward = {
  dn: 'CN=M\\C3\\BCller\\, \\22Ann\\22 \\2B S\\C3\\B6hne\\; #1 \\5C\\3D\\3C\\3E,OU=Staff,DC=corp,DC=test',
  name: 'Müller, "Ann" + Söhne; #1 \\=<>',
}

/** Why the tests of a file cannot run here, told once; false when they can. */
export function noController(): boolean {
  const why = whyNoSamba()
  if (why !== undefined) console.warn(`Active Directory is not tried against a real controller: ${why}.`)
  return why !== undefined
}

/** A domain with people, and sessions of the connector with it. */
export interface Stage {
  readonly samba: Samba
  readonly corp: Corp
  settings(more?: Record<string, string>): Record<string, string>
  session(more?: Record<string, string>, http?: Partial<HttpOptions>): Promise<Session>
  people(more?: Record<string, string>, http?: Partial<HttpOptions>): Promise<PeopleAccess>
}

/** One for all tests of a file: making a domain takes seconds. */
export function setStage(): Stage {
  let samba: Samba
  let corp: Corp
  const sessions: Session[] = []

  beforeAll(async () => {
    samba = await startSamba()
    corp = await openCorp(samba)
    await peopled(samba, corp)
  }, 120_000)

  afterAll(async () => {
    for (const session of sessions) await session.close()
    await corp?.close()
    await samba?.stop()
  }, 30_000)

  const stage: Stage = {
    get samba() {
      return samba
    },
    get corp() {
      return corp
    },
    settings: (more = {}) => ({
      url: `ldaps://${samba.host}`,
      ...samba.administrator,
      ca: samba.ca,
      serverName: samba.serverName,
      leaversOu: `OU=Leavers,${samba.base}`,
      clearAttributes: 'manager,telephoneNumber,jpegPhoto',
      ...more,
    }),
    async session(more, http) {
      const clock = { now: () => new Date(), sleep: async () => {} }
      const deps = { clock, http: { env: {}, deadlineMs: 10_000, ...http } }
      const session = await openTried(activeDirectory, stage.settings(more), deps)
      sessions.push(session)
      return session
    },
    async people(more, http) {
      const { people } = await stage.session(more, http)
      if (people === undefined) throw new Error('Active Directory reaches no people')
      return people
    },
  }
  return stage
}

async function peopled({ base }: Samba, corp: Corp): Promise<void> {
  await corp.addUser(`CN=Boss,OU=Staff,${base}`, 'boss', { displayName: 'The Boss' })
  await corp.addUser(awkward.dn, 'ann', {
    displayName: awkward.name,
    mail: "ann+o'brien@corp-mail.example",
    proxyAddresses: ["SMTP:ann+o'brien@corp-mail.example", 'smtp:a.mueller@corp-mail.example'],
    description: 'Welder, night shift',
    manager: `CN=Boss,OU=Staff,${base}`,
    telephoneNumber: '+49 30 1',
  })
  await corp.addUser(`CN=\\#Ümit,OU=Staff,${base}`, 'umit', { mail: 'ümit@corp-mail.example' })
  await corp.addUser(`CN=Umit,OU=Staff,${base}`, 'umit2', { mail: 'umit@corp-mail.example' })
  // A leaver of the same name is there already.
  await corp.addUser(`CN=\\#Ümit,OU=Leavers,${base}`, 'umit3')
  const all = await corp.addGroup('All remote')
  const remote = await corp.addGroup('Remote')
  const vpn = await corp.addGroup('VPN')
  const workshop = await corp.addGroup('Workshop\\, CNC \\2B \\22lathes\\22')
  const contractors = await corp.addGroup('Contractors')
  await corp.join(all, remote)
  await corp.join(remote, vpn)
  for (const group of [vpn, workshop, contractors]) await corp.join(group, awkward.dn)
  const sid = (await corp.find('(sAMAccountName=Contractors)'))?.objectSid
  if (!Buffer.isBuffer(sid)) throw new Error('no SID')
  await corp.set(awkward.dn, 'primaryGroupID', String(sid.readUInt32LE(sid.length - 4)))
  await corp.leave(`CN=Domain Users,CN=Users,${base}`, awkward.dn)

  const tier0 = await corp.addGroup('Tier 0')
  await corp.addUser(`CN=Dora,OU=Staff,${base}`, 'dora')
  await corp.join(tier0, `CN=Dora,OU=Staff,${base}`)
  await corp.join(`CN=Domain Admins,CN=Users,${base}`, tier0)
  await corp.addUser(`CN=Former,OU=Staff,${base}`, 'former')
  await corp.set(`CN=Former,OU=Staff,${base}`, 'adminCount', '1')
  await corp.addUser(`CN=Helper,OU=Staff,${base}`, 'helper')
}
