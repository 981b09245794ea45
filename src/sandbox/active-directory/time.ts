/** The two ways in which the directory writes moments. */

const ticksBefore1970 = 116_444_736_000_000_000n

/** `20261121231819.0Z`, of `whenChanged`. */
export function generalizedTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}.0Z`
}

/** Steps of 100 ns since 1601, of `pwdLastSet` and `accountExpires`. */
export function fileTime(date: Date): string {
  return String(BigInt(date.getTime()) * 10_000n + ticksBefore1970)
}

/** As `accountExpires` says never, besides 0. */
export const never = '9223372036854775807'

/** Has the moment of an `accountExpires` come? */
export function isPast(ticks: string, now: Date): boolean {
  return ticks !== '0' && ticks !== never && BigInt(ticks) <= BigInt(fileTime(now))
}
