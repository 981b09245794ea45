import { K1Error } from '../../core/errors.ts'
import type { Directory } from './directory.ts'
import { sidText } from './ids.ts'
import { dnsNameOf, filter } from './names.ts'

/** The domain that the controller is for. */
export interface Domain {
  /** `DC=corp,DC=example` */
  base: string
  /** `corp.example` */
  name: string
  sid: string
  /** The controller that this session is pinned to: `dc1.corp.example`. */
  controller: string
  /** `CORP`, as in `CORP\amy`; undefined where it is not shown. */
  netbiosName(): Promise<string | undefined>
}

/** @throws K1Error `contract` when it is a directory, but no domain of Active Directory */
export async function readDomain(directory: Directory): Promise<Domain> {
  const root = await directory.read('', {
    attributes: ['defaultNamingContext', 'configurationNamingContext', 'dnsHostName'],
  })
  const base = root?.text('defaultNamingContext')
  const head = base === undefined ? null : await directory.read(base, { attributes: ['objectSid'] })
  const sid = sidText(head?.bytes('objectSid') ?? Buffer.alloc(0))
  if (!root || base === undefined || sid === undefined) {
    throw new K1Error('contract', 'What answers there is no domain controller of Active Directory.', {
      hint: 'Check the URL: other LDAP servers are not supported.',
      facts: { system: 'Active Directory', method: 'SEARCH', path: '', field: 'defaultNamingContext' },
    })
  }
  return {
    base,
    name: dnsNameOf(base),
    sid,
    controller: root.text('dnsHostName') ?? '',
    async netbiosName() {
      const [partition] = await directory.search(`CN=Partitions,${root.needed('configurationNamingContext')}`, {
        filter: filter`(&(objectClass=crossRef)(nCName=${base}))`,
        attributes: ['nETBIOSName'],
      })
      return partition?.text('nETBIOSName')
    },
  }
}
