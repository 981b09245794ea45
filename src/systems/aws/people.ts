import type { Account, AccountGoal, NoteReading, PeopleAccess } from '../../core/account.ts'
import type { OpenDeps } from '../../core/system.ts'
import { type Parts, parseId, partsOf } from './account-id.ts'
import { createFinder, type Found } from './finder.ts'
import { accessFreed } from './goals/access.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { deleted } from './goals/deleted.ts'
import { groupsLeft } from './goals/groups.ts'
import { sessionsEnded } from './goals/sessions.ts'
import { signInBlocked } from './goals/sign-in.ts'
import { directoryOf, findCenterUser, findIamUser, type GoalGround, type Holder } from './ground.ts'
import type { Iam } from './iam.ts'
import type { IdentityCenter } from './identity-center.ts'
import { listAccounts } from './list.ts'
import { readAccount } from './read-account.ts'
import type { Caller } from './sts.ts'

export interface PeopleOptions {
  iam: Iam
  center(): Promise<IdentityCenter | null>
  /** Who asks: the role, and whoever assumed it. */
  callers(): Promise<Caller[]>
  rule: 'email' | 'local-part'
  deps: OpenDeps
}

/** People of one AWS account and of the organization's Identity Center: one account for both. */
export function createPeople(options: PeopleOptions): PeopleAccess {
  const { iam, center, callers, rule, deps } = options
  const { clock } = deps
  const finder = createFinder({ iam, center, clock, rule })
  const ground: GoalGround = { iam, center, waitMs: 0 }

  async function read(found: Found, note?: NoteReading): Promise<Account> {
    const [directory, who] = await Promise.all([center(), callers()])
    return readAccount(found, { ground, directory, callers: who, clock, ...(note ? { note } : {}) })
  }

  async function present({ iam: ref, center: person }: Parts): Promise<Found> {
    const inDirectory = async () => (person ? findCenterUser(await directoryOf(ground, person), person) : null)
    const [user, centerUser] = await Promise.all([ref ? findIamUser(iam, ref) : null, inDirectory()])
    return { ...(user ? { iam: user } : {}), ...(centerUser ? { center: centerUser } : {}) }
  }

  return {
    find: async (word, note) => Promise.all((await finder.find(word)).map(found => read(found, note))),

    async account(id) {
      const parts = parseId(id)
      const found = parts === null ? {} : await present(parts)
      return found.iam || found.center ? read(found) : null
    },

    async goals(account, { delete: alsoDelete, waitMs }) {
      const parts = partsOf(account.id)
      const mine: GoalGround = { ...ground, waitMs }
      const subject: Holder = { parts, login: account.login, requests: new Map() }
      const goals: AccountGoal[] = [
        signInBlocked(mine, subject),
        ...(parts.iam ? [sessionsEnded(mine, subject), credentialsRevoked(mine, subject)] : []),
        groupsLeft(mine, subject),
        ...(parts.iam ? [accessFreed(mine, subject)] : []),
      ]
      if (alsoDelete)
        goals.push(
          deleted(
            mine,
            subject,
            goals.map(({ kind }) => kind),
          ),
        )
      return goals
    },

    async *list() {
      yield* listAccounts({ iam, directory: await center(), rule })
    },

    // IAM and Identity Center count apart, and most people are in both.
    count: async () => null,
  }
}
