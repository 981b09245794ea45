import type { NeededRight } from '../../core/needed-right.ts'

/**
 * What is delegated on the OUs of people, groups and leavers, by the operations that need it (`MODIFY` with the
 * attribute). Microsoft, "Control access rights" and "How access control works in Active Directory Domain Services":
 * moving is deleting a child in one place and creating one in another, and writes the name.
 */
export const neededRights: readonly NeededRight[] = [
  {
    right: 'Read all properties, on users and groups (everybody has it, unless it was taken away)',
    calls: ['BIND', 'SEARCH', 'EXTENDED WhoAmI'],
  },
  { right: 'Write userAccountControl, on users', calls: ['MODIFY userAccountControl'] },
  // An extended right, which no attribute lists; with it the attribute beside the password is not needed.
  { right: 'Reset Password, on users', calls: ['MODIFY unicodePwd'], unchecked: true },
  { right: 'Write Members, on groups', calls: ['MODIFY member'] },
  { right: 'Write primaryGroupID, on users', calls: ['MODIFY primaryGroupID'] },
  {
    right: 'Write description and the attributes to clear, on users',
    calls: ['MODIFY description', 'MODIFY {attribute}'],
  },
  { right: 'Create User objects, in the OU of leavers', calls: ['MODIFYDN'], when: 'to move leavers' },
  {
    right: 'Delete User objects where they are, and Write name and cn on them',
    calls: ['MODIFYDN'],
    when: 'to move leavers',
    unchecked: true,
  },
  { right: 'Delete User objects', calls: ['DELETE'], when: 'with --delete', unchecked: true },
  {
    right: 'List Contents and Read Property, on CN=Deleted Objects',
    calls: ['SEARCH {deleted}'],
    when: 'to prove a deletion',
    unchecked: true,
  },
]
