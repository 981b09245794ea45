import { z } from 'zod'
import { unlessDone } from './exchange-error.ts'
import type { Invoke } from './invoke.ts'
import { filterFor, type Recipient, readRecipient, recipientSchema } from './recipient.ts'

const ownedSchema = recipientSchema.extend({ ManagedBy: z.union([z.array(z.string()), z.string()]).nullish() })

/** A distribution list or mail-enabled security group that somebody is an owner of. */
export interface OwnedList extends Recipient {
  /** How many owners it has; null where they are not shown. */
  owners: number | null
}

/** Distribution lists and mail-enabled security groups: who is in them, and whose they are. */
export interface Lists {
  /** Those that somebody is a direct member of. @param dn theirs */
  listsOf(dn: string): Promise<Recipient[]>
  joinList(list: string, member: string): Promise<void>
  leaveList(list: string, member: string): Promise<void>
  /** Those that somebody is an owner of. @param dn theirs */
  listsOwnedBy(dn: string): Promise<OwnedList[]>
  addListOwner(list: string, owner: string): Promise<void>
  removeListOwner(list: string, owner: string): Promise<void>
}

const listTypes = ['MailUniversalDistributionGroup', 'MailUniversalSecurityGroup'] as const

const asked = { Confirm: false } as const

export function createLists(invoke: Invoke): Lists {
  const member = (Identity: string, Member: string) => ({
    Identity,
    Member,
    BypassSecurityGroupManagerCheck: true,
    ...asked,
  })

  const setOwner = (Identity: string, change: { add: string } | { remove: string }) =>
    unlessDone(
      invoke.change('Set-DistributionGroup', {
        Identity,
        ManagedBy: { '@odata.type': '#Exchange.GenericHashTable', ...change },
        BypassSecurityGroupManagerCheck: true,
        ...asked,
      }),
    )

  return {
    async listsOf(dn) {
      const parameters = {
        Filter: filterFor('Members', dn),
        RecipientTypeDetails: listTypes,
        ResultSize: 'Unlimited',
      }
      return (await invoke.read('Get-Recipient', parameters, recipientSchema)).map(readRecipient)
    },
    joinList: (list, who) => unlessDone(invoke.change('Add-DistributionGroupMember', member(list, who))),
    leaveList: (list, who) => unlessDone(invoke.change('Remove-DistributionGroupMember', member(list, who))),
    async listsOwnedBy(dn) {
      // learn.microsoft.com/powershell/exchange/filter-properties, ManagedBy: it takes a distinguished name.
      const parameters = { Filter: filterFor('ManagedBy', dn), ResultSize: 'Unlimited' }
      const found = await invoke.read('Get-DistributionGroup', parameters, ownedSchema)
      return found.map(one => ({ ...readRecipient(one), owners: ownersIn(one.ManagedBy) }))
    },
    addListOwner: (list, owner) => setOwner(list, { add: owner }),
    removeListOwner: (list, owner) => setOwner(list, { remove: owner }),
  }
}

function ownersIn(owners: string[] | string | null | undefined): number | null {
  if (typeof owners === 'string') return owners === '' ? null : 1
  return owners ? owners.length : null
}
