import { AwsError } from './aws-error.ts'

/** An answer whose list is cut into pages. */
interface Paged {
  paged: string
  items: unknown[]
}

function isPaged(result: object): result is Paged {
  return 'paged' in result && 'items' in result
}

/** A page of IAM: `IsTruncated`, and a `Marker` for the next. */
export function queryPage(result: object, input: (name: string) => string, most: number): object {
  if (!isPaged(result)) return result
  const size = Math.min(Number(input('MaxItems') || '100'), most)
  const from = startOf(input('Marker'))
  const left = result.items.length > from + size
  return {
    [result.paged]: result.items.slice(from, from + size),
    IsTruncated: left,
    ...(left ? { Marker: Buffer.from(`from ${from + size}`).toString('base64') } : {}),
  }
}

/** A page of Identity Center: a `NextToken` for the next. */
export function jsonPage(result: object, input: Readonly<Record<string, unknown>>, most: number): object {
  if (!isPaged(result)) return result
  const size = Math.min(Number(input.MaxResults ?? 50), most)
  const from = startOf(typeof input.NextToken === 'string' ? input.NextToken : '')
  const left = result.items.length > from + size
  return {
    [result.paged]: result.items.slice(from, from + size),
    ...(left ? { NextToken: Buffer.from(`from ${from + size}`).toString('base64') } : {}),
  }
}

function startOf(marker: string): number {
  if (marker === '') return 0
  const found = /^from (\d+)$/.exec(Buffer.from(marker, 'base64').toString('utf8'))?.[1]
  if (found === undefined) throw new AwsError('ValidationError', 'The marker is not one that was given.')
  return Number(found)
}
