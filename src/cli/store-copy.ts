import { isK1Error } from '../core/errors.ts'
import { checkLedger } from '../core/ledger-check.ts'
import type { ConnectionRecord } from '../core/stores.ts'
import { foldRun } from '../engine/run-state.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

/** Tenants, connections with secrets, protected people. Answers what was left, a sentence each. */
export async function copySettings(context: Context, from: App, to: App): Promise<string[]> {
  const [here, there] = [await from.config(), await to.config()]
  const left: string[] = []
  for (const tenant of here.tenants()) {
    if (there.tenant(tenant.name)) continue
    try {
      await there.addTenant(tenant)
    } catch (error) {
      left.push(`${tenant.name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  for (const connection of here.connections()) {
    if (!there.tenant(connection.tenant) || there.connection(connection.tenant, connection.system)) continue
    const why = await copyConnection(context, connection, from, to)
    if (why !== undefined) left.push(`${connection.system} of ${connection.tenant}: ${why}`)
  }
  const known = new Set(there.protectedPeople().map(p => `${p.person}\n${p.tenant ?? ''}`.toLowerCase()))
  for (const record of here.protectedPeople()) {
    if (!known.has(`${record.person}\n${record.tenant ?? ''}`.toLowerCase())) await there.protect(record)
  }
  return left
}

async function copyConnection(
  context: Context,
  connection: ConnectionRecord,
  from: App,
  to: App,
): Promise<string | undefined> {
  const there = await to.config()
  const { secretRef, place, ...rest } = connection
  if (secretRef === undefined || place === 'environment') {
    await there.connect(connection)
    return undefined
  }
  try {
    const ask = passphrasePrompt(context)
    const values = await (await from.secrets(ask)).read(secretRef, place)
    const kept = await (await to.secrets(ask)).write(secretRef, values, 'sealed')
    await there.connect({ ...rest, secretRef, place: kept })
    return undefined
  } catch (error) {
    if (!isK1Error(error)) throw error
    return `its secret was not copied (${error.message}) Connect it again.`
  }
}

/** Whole chains, line by line: their hashes stay. What was altered is left, and said. */
export async function copyRuns(from: App, to: App, left: string[]): Promise<number> {
  const [here, there] = [await from.ledger(), await to.ledger()]
  const lists = await from.peopleList()
  const known = new Set(await there.list())
  let copied = 0
  for (const run of (await here.list()).reverse()) {
    if (known.has(run)) continue
    const { chain, entries } = await here.read(run)
    if (!checkLedger(chain).isSound || !there.adopt) {
      left.push(`run ${run}: its ledger is ${checkLedger(chain).words}`)
      continue
    }
    try {
      // Only offboardings have a list; one that cannot be read is no list that is not there.
      const hasPeople = foldRun({ run, chain, entries }).kind === 'offboarding'
      await there.adopt(run, entries, hasPeople ? lists.readPeopleList(run) : undefined)
      copied++
    } catch (error) {
      if (!isK1Error(error) || error.kind !== 'storage') throw error
      left.push(`run ${run}: ${error.message}`)
    }
  }
  return copied
}

export async function copyDated(from: App, to: App, left: string[]): Promise<number> {
  const [here, there] = [await from.diary(), await to.diary()]
  const known = new Set(await there.list())
  let copied = 0
  for (const id of await here.list()) {
    const value = await here.read(id)
    if (known.has(id)) continue
    if (typeof value !== 'object' || value === null) {
      left.push(`${id}: what has a date there cannot be read`)
      continue
    }
    await there.add(value, id)
    copied++
  }
  return copied
}

/** All that was ever said; whoever said something last, here or there, has the last word. */
export async function copyAttestations(from: App, to: App, left: string[]): Promise<number> {
  const [here, there] = [await from.attestations(), await to.attestations()]
  try {
    const known = new Set((await there.all()).map(one => JSON.stringify(one)))
    const missing = (await here.all()).filter(one => !known.has(JSON.stringify(one)))
    if (missing.length > 0) await there.add(...missing)
    return missing.length
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'storage') throw error
    left.push(error.message)
    return 0
  }
}

export async function copyPastChecks(from: App, to: App, left: string[]): Promise<void> {
  try {
    const days = await (await from.pastChecks()).days()
    if (days.length === 0) return
    await (await to.pastChecks()).change(there => {
      const known = new Set(there.map(({ day }) => day))
      return [...there, ...days.filter(({ day }) => !known.has(day))].sort((a, b) => (a.day < b.day ? -1 : 1))
    })
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'storage') throw error
    left.push(error.message)
  }
}
