import { K1Error } from '../../core/errors.ts'

export type Service = 'iam' | 'sts' | 'sso' | 'identitystore'

/** Where a service is, and what its signatures name. */
export interface Endpoint {
  baseUrl: string
  /** Region in the scope of the signature. */
  region: string
}

interface Partition {
  /** As in `arn:aws:iam::…`. */
  id: string
  suffix: string
  iamHost: string
  /** IAM is one for the whole partition, and signed for this region. */
  iamRegion: string
}

const commercial: Partition = {
  id: 'aws',
  suffix: 'amazonaws.com',
  iamHost: 'iam.amazonaws.com',
  iamRegion: 'us-east-1',
}
const government: Partition = {
  id: 'aws-us-gov',
  suffix: 'amazonaws.com',
  iamHost: 'iam.us-gov.amazonaws.com',
  iamRegion: 'us-gov-west-1',
}
const china: Partition = {
  id: 'aws-cn',
  suffix: 'amazonaws.com.cn',
  iamHost: 'iam.cn-north-1.amazonaws.com.cn',
  iamRegion: 'cn-north-1',
}

export function partitionOf(region: string): Partition {
  if (region.startsWith('us-gov-')) return government
  return region.startsWith('cn-') ? china : commercial
}

/**
 * Hosts by service and region (AWS General Reference, "Service endpoints"). STS is asked in the region itself: its
 * tokens are then good in every region, also in those that have to be enabled.
 * @param url one URL for all services, as `AWS_ENDPOINT_URL` is
 * @throws K1Error `usage` for a region that is none
 */
export function endpointOf(service: Service, region: string, url?: string): Endpoint {
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d+$/.test(region)) {
    throw new K1Error('usage', `"${region.slice(0, 40)}" is not an AWS region.`, {
      hint: 'Give the region as AWS spells it, such as eu-central-1.',
      facts: { setting: 'region' },
    })
  }
  const partition = partitionOf(region)
  const signed = service === 'iam' ? partition.iamRegion : region
  const host = service === 'iam' ? partition.iamHost : `${service}.${region}.${partition.suffix}`
  return { baseUrl: url ?? `https://${host}`, region: signed }
}
