import type { QuirkSwitches } from '../quirk-switches.ts'
import type { Quirk } from '../simulator.ts'

/** How a domain controller misbehaves, each as documented or reported: off until `POST control/quirks {name: true}`. */
export const directoryQuirks = [
  {
    name: 'smallAnswers',
    source: 'learn.microsoft.com/openspecs/windows_protocols/ms-adts, 3.1.1.3.4.6, MaxPageSize and MaxValRange',
    what: 'An answer has five entries at most, and two values of an attribute.',
  },
  {
    name: 'busy',
    source: 'github.com/SpecterOps/SharpHoundCommon/pull/56',
    what: 'Every fourth operation is refused with 51 (busy).',
  },
  {
    name: 'hangsUp',
    source: 'github.com/ballerina-platform/ballerina-library/issues/5906',
    what: 'After every fifth answer the connection is closed, as after MaxConnIdleTime.',
  },
  {
    name: 'staleReplica',
    source: 'github.com/nulib/meadow/pull/432',
    what: 'For two seconds after a change a search shows what was before: another controller answers, one name for all.',
  },
  {
    name: 'controlHidden',
    source: 'learn.microsoft.com/windows/win32/adschema/r-user-account-restrictions',
    what: 'userAccountControl of people is not shown: the right to read account restrictions is missing.',
  },
  {
    name: 'groupProtected',
    source: 'learn.microsoft.com/windows-server/identity/ad-ds, Appendix C: Protected Accounts and Groups',
    what: 'One group, Staff, has the access list of AdminSDHolder: nobody delegated may change its members.',
  },
  {
    name: 'membersHidden',
    source: 'learn.microsoft.com/openspecs/windows_protocols/ms-adts, 3.1.1.4.3, Access Checks',
    what: 'Members of one group, Orders, may not be read: a search by member leaves it out, memberOf of a person names it.',
  },
] as const satisfies readonly Quirk[]

export type DirectoryQuirkName = (typeof directoryQuirks)[number]['name']

export type DirectoryQuirks = QuirkSwitches<DirectoryQuirkName>
