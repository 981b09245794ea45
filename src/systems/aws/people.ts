import type { Account, PeopleAccess } from '../../core/account.ts'
import { type OldAccountGoal as AccountGoal, fromOld } from '../../core/old-goal.ts'
import type { OpenDeps } from '../../core/system.ts'
import { type Parts, parseId, partsOf } from './account-id.ts'
import type { Found } from './finder.ts'
import { createFinder } from './finder.ts'
import { accessFreed, readAccess } from './goals/access.ts'
import { credentialsRevoked, readCredentials } from './goals/credentials.ts'
import { deleted } from './goals/deleted.ts'
import { groupsLeft, readGroups } from './goals/groups.ts'
import { sessionsEnded } from './goals/sessions.ts'
import { signInBlocked } from './goals/sign-in.ts'
import { directoryOf, findCenterUser, findIamUser, type GoalGround } from './ground.ts'
import type { Iam } from './iam.ts'
import type { CenterUser, IdentityCenter } from './identity-center.ts'
import { listAccounts } from './list.ts'
import { ownerByCode } from './names.ts'
import { readAccount } from './read-account.ts'
import { readSignIn, type SignInReading } from './sign-in-reading.ts'
import type { Caller } from './sts.ts'

export interface PeopleOptions {
  iam: Iam
  center(): Promise<IdentityCenter | null>
  caller(): Promise<Caller>
  rule: 'email' | 'local-part'
  deps: OpenDeps
}

/** People of one AWS account and of the organization's Identity Center: one account for both. */
export function createPeople(options: PeopleOptions): PeopleAccess {
  const { iam, center, caller, rule, deps } = options
  const { clock, http } = deps
  const finder = createFinder({ iam, center, clock, rule })
  const ground: GoalGround = { iam, center, clock, signal: http.signal, waitMs: 0 }

  async function read(found: Found): Promise<Account> {
    const [directory, who] = await Promise.all([center(), caller()])
    return readAccount(found, { iam, center: directory, caller: who })
  }

  async function present({ iam: ref, center: person }: Parts): Promise<Found> {
    const inDirectory = async () => (person ? findCenterUser(await directoryOf(ground, person), person) : null)
    const [user, centerUser] = await Promise.all([ref ? findIamUser(iam, ref) : null, inDirectory()])
    return { ...(user ? { iam: user } : {}), ...(centerUser ? { center: centerUser } : {}) }
  }

  return {
    find: async word => Promise.all((await finder.find(word)).map(read)),

    async account(id) {
      const parts = parseId(id)
      const found = parts === null ? {} : await present(parts)
      return found.iam || found.center ? read(found) : null
    },

    async goals(account, { delete: alsoDelete, waitMs }) {
      const parts = partsOf(account.id)
      const mine: GoalGround = { ...ground, waitMs }
      const subject = { parts, login: account.login }
      const [found, signIn, groups] = await Promise.all([
        present(parts),
        readSignIn(mine, subject),
        readGroups(mine, subject),
      ])
      const warnings = warningsFor(found)
      const residual = await residualOf(signIn, center)
      const goals: AccountGoal[] = [signInBlocked(mine, subject, signIn, { warnings, residual })]
      if (parts.iam) {
        const [credentials, access] = await Promise.all([readCredentials(mine, parts.iam), readAccess(mine, parts.iam)])
        const denied = !(signIn.iam && 'user' in signIn.iam) || signIn.iam.deniedBy !== null
        goals.push(sessionsEnded(mine, subject, parts.iam, denied))
        goals.push(credentialsRevoked(mine, subject, parts.iam, credentials))
        goals.push(groupsLeft(mine, subject, groups, []))
        goals.push(accessFreed(mine, subject, parts.iam, access))
      } else {
        goals.push(groupsLeft(mine, subject, groups, []))
      }
      if (alsoDelete) {
        const exists = found.iam !== undefined || found.center !== undefined
        goals.push(deleted(mine, subject, { exists, kinds: goals.map(({ kind }) => kind), warnings }))
      }
      return goals.map(fromOld)
    },

    async *list() {
      yield* listAccounts({ iam, directory: await center(), rule })
    },

    // IAM and Identity Center count apart, and most people are in both.
    count: async () => null,
  }
}

function warningsFor({ iam: user, center: person }: Found): string[] {
  const code = user ? ownerByCode(user) : null
  return [
    ...(user && code
      ? [`The IAM user ${user.UserName} is kept by ${code}: take it out there too, or the next run brings it back.`]
      : []),
    ...(person && isProvisioned(person)
      ? ['The Identity Center user is provisioned from another directory: it comes back unless it is removed there.']
      : []),
  ]
}

function isProvisioned({ ExternalIds }: CenterUser): boolean {
  return (ExternalIds ?? []).length > 0
}

/** Sessions of permission sets that may be open: nobody can end them from here. */
async function residualOf({ identityCenter }: SignInReading, center: PeopleOptions['center']): Promise<string[]> {
  if (!identityCenter || 'gone' in identityCenter || identityCenter.assignments.length === 0) return []
  const directory = await center()
  if (directory === null) return []
  const sets = new Set(identityCenter.assignments.map(({ permissionSetArn }) => permissionSetArn))
  return Promise.all(
    [...sets].map(async arn => {
      const { name, session } = await directory.permissionSet(arn)
      return `Sessions of the permission set ${name} that are open may go on for ${durationWords(session)}.`
    }),
  )
}

/** `PT8H` as "8 hours". */
function durationWords(iso: string): string {
  const [, hours = '0', minutes = '0'] = /^PT(?:(\d+)H)?(?:(\d+)M)?/.exec(iso) ?? []
  const total = Number(hours) * 60 + Number(minutes)
  if (total === 0) return 'up to 12 hours'
  if (total === 60) return 'up to 1 hour'
  return total % 60 === 0 ? `up to ${total / 60} hours` : `up to ${total} minutes`
}
