import { K1Error } from '../../core/errors.ts'

/** Where one of Microsoft's clouds is reached. */
export interface Hosts {
  /** Microsoft Graph. */
  url: string
  signInUrl: string
  /** Exchange Online. */
  exchangeUrl: string | undefined
  /** What `Connect-ExchangeOnline -ExchangeEnvironmentName` calls it; undefined: the one that it takes by itself. */
  environment?: string | undefined
}

/**
 * Microsoft's clouds, by the setting `cloud` (learn.microsoft.com/graph/deployments; Exchange's hosts are those that
 * learn.microsoft.com/powershell/module/exchangepowershell/connect-exchangeonline gives for each environment).
 */
const clouds = {
  global: {
    url: 'https://graph.microsoft.com',
    signInUrl: 'https://login.microsoftonline.com',
    exchangeUrl: 'https://outlook.office365.com',
  },
  'us-gcc-high': {
    url: 'https://graph.microsoft.us',
    signInUrl: 'https://login.microsoftonline.us',
    exchangeUrl: 'https://outlook.office365.us',
    environment: 'O365USGovGCCHigh',
  },
  'us-dod': {
    url: 'https://dod-graph.microsoft.us',
    signInUrl: 'https://login.microsoftonline.us',
    exchangeUrl: 'https://webmail.apps.mil',
    environment: 'O365USGovDoD',
  },
  china: {
    url: 'https://microsoftgraph.chinacloudapi.cn',
    signInUrl: 'https://login.partner.microsoftonline.cn',
    exchangeUrl: 'https://partner.outlook.cn',
    environment: 'O365China',
  },
} as const satisfies Record<string, Hosts>

export type Cloud = keyof typeof clouds

export const cloudLabels = {
  global: 'Global',
  'us-gcc-high': 'US Government (GCC High)',
  'us-dod': 'US Government (DoD)',
  china: 'China (21Vianet)',
} as const satisfies Record<Cloud, string>

/**
 * The hosts of the cloud, and those that were given one by one instead. Where Graph is at none of Microsoft's hosts,
 * Exchange is at none either, unless it is said: a token is sent nowhere on a guess.
 * @throws K1Error `usage`
 */
export function hostsOf(settings: Readonly<Record<string, string>>): Hosts {
  const given = (key: string) => settings[key]?.trim().replace(/\/+$/, '') || undefined
  const url = given('url')
  const named = given('cloud')
  const byUrl = Object.values(clouds).find(hosts => hosts.url === url)
  const known = Object.entries(clouds).find(([name]) => name === named)?.[1]
  if (named !== undefined && known === undefined) {
    throw new K1Error('usage', `"${named}" is no choice for cloud of Microsoft 365.`, {
      hint: `Choose one of: ${Object.keys(clouds).join(', ')}.`,
      facts: { setting: 'cloud' },
    })
  }
  const hosts: Hosts = byUrl ?? known ?? clouds.global
  const isElsewhere = url !== undefined && byUrl === undefined
  return {
    url: url ?? hosts.url,
    signInUrl: given('signInUrl') ?? hosts.signInUrl,
    exchangeUrl: given('exchangeUrl') ?? (isElsewhere ? undefined : hosts.exchangeUrl),
    ...(hosts.environment === undefined ? {} : { environment: hosts.environment }),
  }
}
