import type { QuirkSwitches } from '../quirk-switches.ts'
import type { Quirk } from '../simulator.ts'

/** How SCIM servers misbehave, each as reported of one: all off until `POST control/quirks {name: true}`. */
export const scimQuirks = [
  {
    name: 'filterIgnored',
    source: 'github.com/wso2/charon/issues/117',
    what: 'A list shows everybody, whatever filter was sent.',
  },
  {
    name: 'onlyUserNameFilter',
    source: 'docs.aws.amazon.com/singlesignon/latest/developerguide/listusers.html',
    what: 'The one filter is userName eq; e-mail, members and "or" are refused with 400.',
  },
  {
    name: 'listsCapped',
    source: 'github.com/better-auth/better-auth/issues/10398',
    what: 'A list ends after ten, whatever startIndex and count say, and totalResults says ten.',
  },
  {
    name: 'totalOfPage',
    source: 'github.com/wso2/product-is/issues/13772',
    what: 'Pages have ten at most, and totalResults is what the page has.',
  },
  {
    name: 'startIndexIgnored',
    source: 'github.com/wso2/product-is/issues/6313',
    what: 'Pages have ten at most, and every page is the first.',
  },
  {
    name: 'startIndexFromZero',
    source: 'github.com/simpleidserver/SimpleIdServer/issues/39',
    what: 'startIndex counts from zero: who asks from 1 on does not see the first.',
  },
  {
    name: 'pagesOverlap',
    source: 'github.com/wso2/product-is/issues/9957',
    what: 'Pages have ten at most; each begins with the last of the page before, and the last ones never come.',
  },
  {
    name: 'pagingNeeded',
    source: 'github.com/bitwarden/server/issues/4034',
    what: 'A list is empty unless it is filtered, or startIndex and count are both sent.',
  },
  {
    name: 'caseCounts',
    source: 'github.com/zulip/zulip/issues/21758',
    what: 'A userName has capitals, and a filter compares it to the letter.',
  },
  {
    name: 'patchIgnored',
    source: 'github.com/keystone-scim/keystone/issues/25',
    what: 'A PATCH of a user is answered with 200, and changes nothing.',
  },
  {
    name: 'noPatch',
    source: 'github.com/unitycatalog/unitycatalog/issues/423',
    what: 'PATCH is not supported (405), whatever the configuration says.',
  },
  {
    name: 'noPut',
    source: 'github.com/goauthentik/authentik/pull/23573',
    what: 'PUT is not supported (405).',
  },
  {
    name: 'activeAsText',
    source:
      'learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility',
    what: 'active is "True" or "False", as Entra sends it.',
  },
  {
    name: 'idsAreNumbers',
    source: 'github.com/limosa-io/laravel-scim-server/issues/40',
    what: 'The ids of users are numbers.',
  },
  {
    name: 'missingIs500',
    source: 'github.com/wso2/product-is/issues/7300',
    what: 'Whoever asks for an id that is nobody’s is answered with 500.',
  },
  {
    name: 'nobodyIs404',
    source: 'github.com/jelhub/scimgateway/issues/18',
    what: 'A filter that finds nobody is answered with 404.',
  },
  {
    name: 'membersUnlisted',
    source: 'github.com/microsoft/Policy-Weaver/issues/103',
    what: 'A list of groups shows them without members, and takes no filter by member; a group by its id shows them.',
  },
  {
    name: 'removalEmpties',
    source: 'github.com/AzureAD/SCIMReferenceCode/issues/10',
    what: 'A PATCH that removes one member removes all.',
  },
  {
    name: 'ratesRefused',
    source: 'github.com/slackapi/java-slack-sdk/issues/414',
    what: 'Every third request is refused with 429, without a time to wait.',
  },
] as const satisfies readonly Quirk[]

export type ScimQuirkName = (typeof scimQuirks)[number]['name']

export type ScimQuirks = QuirkSwitches<ScimQuirkName>

/** What Kaseya's modules show to all of their clients is their own; that lists and writes may lie is a server's. */
const ofModules: readonly ScimQuirkName[] = [
  'filterIgnored',
  'totalOfPage',
  'startIndexIgnored',
  'patchIgnored',
  'missingIs500',
  'ratesRefused',
]

export const moduleScimQuirks = scimQuirks.filter(({ name }) => ofModules.includes(name))
