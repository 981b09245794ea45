import type { SimulatorDeps } from '../simulator.ts'
import { notFound } from './answers.ts'
import type { MailboxType, SimulatedMailbox } from './exchange/mailbox-state.ts'
import type { QuirkName } from './quirks.ts'
import type { Group, TenantState, User } from './tenant-state.ts'

/** A retire or a wipe reaches a device that is online this much later. */
const checkInMs = 2000

/** One tenant: its state, and what it was a moment ago for readers of a replica that lags. */
export class Tenant {
  readonly deps: SimulatorDeps
  state: TenantState
  readonly quirks = new Set<QuirkName>()
  /** So long a conversion of a mailbox takes; null: for ever. */
  conversionMs: number | null = 0
  #lagMs = 0
  #old: { state: TenantState; until: number } | null = null

  constructor(state: TenantState, deps: SimulatorDeps) {
    this.state = state
    this.deps = deps
  }

  setLag(ms: number): void {
    this.#lagMs = ms
    this.#old = null
  }

  /** Called before a change: readers may see what is there now for some time yet. */
  beforeChange(): void {
    if (this.#lagMs === 0) return
    const until = this.deps.now().getTime() + this.#lagMs
    this.#old = { state: this.#old?.state ?? structuredClone(this.state), until }
  }

  /** What a reader sees. */
  seen(): TenantState {
    this.checkIn()
    this.#finishConversions()
    if (this.#old !== null && this.#old.until > this.deps.now().getTime()) return this.#old.state
    this.#old = null
    return this.state
  }

  /** Without fractions of a second, as Graph gives its times. */
  stamp(): string {
    return this.deps
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
  }

  /** Who was deleted on premises goes to the deleted users here. */
  followDeletions(): void {
    const isGone = (user: User) =>
      user.onPremisesSyncEnabled === true && this.deps.sync.isDeleted(user.userPrincipalName)
    this.state.deletedUsers.push(...this.state.users.filter(isGone))
    this.state.users = this.state.users.filter(user => !isGone(user))
  }

  /** As the on-premises directory last said, for who is synced from there. */
  enabled(user: User): boolean {
    const told = user.onPremisesSyncEnabled ? this.deps.sync.enabled(user.userPrincipalName) : undefined
    return told ?? user.accountEnabled
  }

  user(state: TenantState, key: string): User {
    const wanted = key.toLowerCase()
    const user = state.users.find(
      ({ id, userPrincipalName }) => id === wanted || userPrincipalName.toLowerCase() === wanted,
    )
    if (user === undefined) throw notFound(key)
    return user
  }

  group(state: TenantState, id: string): Group {
    const group = state.groups.find(one => one.id === id)
    if (group === undefined) throw notFound(id)
    return group
  }

  /** Takes effect after `conversionMs`. */
  convert(mailbox: SimulatedMailbox, type: MailboxType): void {
    if (mailbox.type === type || this.quirks.has('conversionNever')) return
    if (this.conversionMs === 0) mailbox.type = type
    else {
      const at = this.conversionMs === null ? Number.MAX_SAFE_INTEGER : this.deps.now().getTime() + this.conversionMs
      mailbox.converting ??= { type, at }
    }
  }

  #finishConversions(): void {
    for (const mailbox of this.state.mailboxes) {
      if (mailbox.converting === null || mailbox.converting.at > this.deps.now().getTime()) continue
      mailbox.type = mailbox.converting.type
      mailbox.converting = null
    }
  }

  /** Devices that are online carry out what they were told, a little later; `all`: the others, too, and at once. */
  checkIn(all = false): void {
    const now = this.deps.now().getTime()
    for (const device of [...this.state.managedDevices]) {
      if (!device.online && !all) continue
      const due = device.deviceActionResults.filter(
        ({ actionState, startDateTime }) =>
          actionState === 'pending' && (all || Date.parse(startDateTime) + checkInMs <= now),
      )
      for (const action of due) {
        action.actionState =
          action.actionName === 'remoteLock' && /windows/i.test(device.operatingSystem) ? 'notSupported' : 'done'
        action.lastUpdatedDateTime = this.stamp()
      }
      const isQuiet = now - Date.parse(device.lastSyncDateTime) > 3_600_000
      if (due.length > 0 || all || isQuiet) device.lastSyncDateTime = this.stamp()
      if (due.some(({ actionName }) => actionName === 'retire' || actionName === 'wipe')) {
        this.state.managedDevices = this.state.managedDevices.filter(other => other !== device)
      }
    }
  }
}
