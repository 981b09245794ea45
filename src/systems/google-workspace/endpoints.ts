import { googleUrl } from './settings.ts'

export interface Endpoints {
  admin: string
  licensing: string
  /** For application default credentials only: a key names its own. */
  token: string
  iamCredentials: string
}

/** Google's own hosts; another URL (a gateway, the sandbox) stands for all of them. */
export function endpointsAt(url: string): Endpoints {
  if (url !== googleUrl) return { admin: url, licensing: url, token: `${url}/token`, iamCredentials: url }
  return {
    admin: googleUrl,
    licensing: 'https://licensing.googleapis.com',
    token: 'https://oauth2.googleapis.com/token',
    iamCredentials: 'https://iamcredentials.googleapis.com',
  }
}
