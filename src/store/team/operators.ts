import { K1Error } from '../../core/errors.ts'
import { quoted } from '../../core/shell.ts'
import { hasRole, type KeyOptions, type Need, type Team, type TeamOperator } from '../../core/team.ts'
import type { EntrySigner } from '../ledger-writer.ts'
import type { Database, RunSql } from './database.ts'
import { isSignedBy, makeKey, type OperatorKey } from './operator-key.ts'
import { noKey, type OwnKey } from './own-key.ts'
import { makeStatement, type Roster, readRoster, type Statement, whyNot } from './roster.ts'
import { checkSignatures } from './signatures.ts'

export interface TeamOperators extends Team {
  /** Undefined while nobody is registered. @throws K1Error `not-set-up`, `forbidden` */
  signer(): Promise<EntrySigner | undefined>
}

export function openOperators(database: Database, own: OwnKey): TeamOperators {
  /** As it is now, and no other than this machine saw before. */
  async function read(query: RunSql = database.rows): Promise<Roster> {
    const rows = await query<{ line: string }>('SELECT line FROM k1ctl.roster ORDER BY seq')
    const roster = readRoster(
      rows.map(({ line }) => line),
      database.place,
    )
    const seen = own.seen()
    if (seen && roster.hashes[seen.seq] !== seen.hash) throw otherList(database.place, own.path)
    const hash = roster.hashes.at(-1)
    if (hash !== undefined && seen?.hash !== hash) await own.see({ seq: roster.hashes.length - 1, hash })
    return roster
  }

  /** Whoever works here. @throws K1Error `not-set-up`, `forbidden` */
  function meIn({ operators }: Roster): TeamOperator {
    const id = own.id()
    const me = operators.find(({ key }) => key === id)
    if (!me) throw noKey()
    if (me.revoked === null) return me
    throw new K1Error('forbidden', `The key of ${me.name} on this machine was revoked, ${me.revoked}.`, {
      hint: 'Nothing was changed. Register anew: k1ctl operator register; an owner has to give it a role again.',
    })
  }

  async function say(statement: Omit<Statement, 'at' | 'by'> & { by?: string }, signer: OperatorKey) {
    await database.transaction(async query => {
      await query('LOCK TABLE k1ctl.roster IN EXCLUSIVE MODE')
      const roster = await read(query)
      const [clock] = await query<{ at: Date }>('SELECT clock_timestamp() AS at')
      const whole = { ...statement, by: signer.id, at: (clock?.at ?? new Date()).toISOString() } as Statement
      const wrong = whyNot(whole, new Map(roster.operators.map(one => [one.key, one])))
      if (wrong !== undefined) throw refusal(whole, wrong)
      const line = makeStatement(whole, roster, signer)
      await query('INSERT INTO k1ctl.roster VALUES ($1, $2)', [roster.hashes.length, line])
    })
    // Seen here from now on: taken out again by somebody, it is missed.
    await read()
  }

  async function registered(key: OperatorKey, name: string): Promise<TeamOperator> {
    await say({ what: 'register', key: key.id, name, public: key.public } as Statement, key)
    const one = (await read()).operators.find(({ key: id }) => id === key.id)
    if (one) return one
    throw new K1Error('internal', 'A registration that was written is not there.')
  }

  async function signer(): Promise<EntrySigner | undefined> {
    const roster = await read()
    if (roster.since === undefined) return undefined
    meIn(roster)
    const key = await own.open(undefined)
    return { key: key.id, sign: hash => key.sign('entry', hash).sig }
  }

  return {
    operators: async () => (await read()).operators,
    async me() {
      const id = own.id()
      return (await read()).operators.find(({ key }) => key === id)
    },
    async register(name, options) {
      const { operators } = await read()
      const id = own.id()
      const known = operators.find(({ key }) => key === id)
      if (known && known.revoked === null) {
        throw new K1Error('usage', `This machine is registered already, as ${known.name}.`, {
          hint: 'k1ctl operator list. For a worker elsewhere: k1ctl operator register --name worker --to worker.pem',
        })
      }
      // One that was made and cut off before it was registered is as good as new.
      const key = id !== undefined && !known ? await own.open(options.ask) : await own.make(options)
      return registered(key, name)
    },
    async registerFor(name, keep) {
      const key = makeKey()
      await keep(key.pem())
      return registered(key, name)
    },
    async setRoles(key, tenant, roles, options) {
      await say({ what: 'roles', key, tenant, roles: [...roles] } as Statement, await own.open(options.ask))
    },
    async revoke(key, options: KeyOptions) {
      await say({ what: 'revoke', key } as Statement, await own.open(options.ask))
    },
    async require(role, tenants) {
      const roster = await read()
      if (roster.since === undefined) return
      const me = meIn(roster)
      if (!hasRole(me, role, tenants)) throw lacks(me, { role, tenants }, roster)
    },
    async unlock(ask) {
      if ((await read()).since !== undefined) await own.open(ask)
    },
    async sign(what, text) {
      const roster = await read()
      if (roster.since === undefined) return undefined
      meIn(roster)
      return (await own.open(undefined)).sign(what, text)
    },
    async signerOf(signed, what, text, need) {
      const roster = await read()
      if (roster.since === undefined) return undefined
      const one = roster.operators.find(({ key }) => key === signed?.key)
      const wrong = (sentence: string) => new K1Error('forbidden', `${sentence} Nothing was changed.`)
      if (!signed) throw wrong(`The ${what} is not signed, and this team signs since ${roster.since}.`)
      if (!one) throw wrong(`The ${what} is signed with a key that nobody registered.`)
      if (!isSignedBy(one.public, signed.sig, what, text))
        throw wrong(`The ${what} has not the signature of ${one.name}.`)
      if (one.revoked !== null)
        throw wrong(`The key of ${one.name}, who signed the ${what}, was revoked, ${one.revoked}.`)
      if (!hasRole(one, need.role, need.tenants)) throw lacks(one, need, roster)
      return one
    },
    async signatures(reading) {
      const [row] = await database.rows<{ created: Date }>('SELECT created FROM k1ctl.runs WHERE run = $1', [
        reading.run,
      ])
      return checkSignatures(reading, await read(), row?.created.toISOString())
    },
    signer,
  }
}

function lacks(one: TeamOperator, { role, tenants }: Need, { operators }: Roster): K1Error {
  const [tenant] = tenants.filter(name => !hasRole(one, role, [name]))
  const where = tenant === undefined ? 'in all tenants' : `in ${tenant}`
  const has = one.roles.map(({ tenant, roles }) => `${roles.join(' and ')}${tenant === null ? '' : ` in ${tenant}`}`)
  const scope = tenant === undefined ? '' : ` --tenant ${quoted(tenant)}`
  const owners = operators.filter(other => hasRole(other, 'owner', tenant === undefined ? [] : [tenant]))
  return new K1Error(
    'forbidden',
    `${one.name} has not the role ${role} ${where}${has.length > 0 ? ` (but ${has.join('; ')})` : ''}. Nothing was changed.`,
    {
      hint: `An owner gives it (${owners.map(({ name }) => name).join(', ')}): k1ctl operator role ${quoted(one.name)} --role ${role}${scope}`,
      facts: { operator: one.name, role, tenants },
    },
  )
}

function refusal({ what }: Statement, why: string): K1Error {
  const sentence = `${why.charAt(0).toUpperCase()}${why.slice(1)}.`
  return new K1Error(what === 'register' ? 'usage' : 'forbidden', `${sentence} Nothing was changed.`, {
    hint: what === 'register' ? 'Take another name: k1ctl operator register --name NAME' : 'k1ctl operator list',
  })
}

function otherList(place: string, path: string): K1Error {
  return new K1Error('storage', `The list of operators in ${place} is not the one that this machine saw before.`, {
    hint: `Somebody cut it or made it anew, or it is of a backup. Compare k1ctl operator list with colleagues; to believe it, take "seen" out of ${path}.`,
    facts: { place, path },
  })
}
