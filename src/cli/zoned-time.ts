import { K1Error } from '../core/errors.ts'

/** A moment that somebody named, and the zone in which they mean it. */
export interface ZonedTime {
  /** ISO time, UTC. */
  at: string
  /** As IANA names it: `Europe/Berlin`. */
  zone: string
}

const form = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?$/

/**
 * `2030-12-06 17:00` in a zone; with an offset (`…+01:00`, `…Z`) where a time is there twice.
 * @throws K1Error `usage`: no such form, no such day, no such zone, an hour that the clocks leave out or pass twice
 */
export async function parseZonedTime(text: string, zone: string, flag = '--at'): Promise<ZonedTime> {
  const { Temporal } = await import('temporal-polyfill')
  checkZone(zone)
  const [, day = '', time = '', offset] = form.exec(text.trim()) ?? []
  if (day === '') throw noTime(text, flag)
  let local: InstanceType<typeof Temporal.PlainDateTime>
  try {
    local = Temporal.PlainDateTime.from(`${day}T${time}`, { overflow: 'reject' })
  } catch {
    throw noTime(text, flag)
  }
  if (offset !== undefined) {
    return { at: isoOf(Temporal.Instant.from(`${day}T${time}${offset}`).epochMilliseconds), zone }
  }
  const [earlier, later] = (['earlier', 'later'] as const).map(disambiguation =>
    local.toZonedDateTime(zone, { disambiguation }),
  )
  if (!earlier || !later) throw noTime(text, flag)
  if (earlier.epochMilliseconds === later.epochMilliseconds) return { at: isoOf(earlier.epochMilliseconds), zone }
  const [one, other] = [earlier, later].map(moment => `${moment.toPlainDateTime().toString()}${moment.offset}`)
  const twice = earlier.toPlainDateTime().equals(local)
  throw new K1Error(
    'usage',
    twice
      ? `${day} ${time} is there twice in ${zone}: the clocks go back.`
      : `There is no ${day} ${time} in ${zone}: the clocks go forward.`,
    { hint: `Say which: ${flag} ${one}, or ${flag} ${other}` },
  )
}

/**
 * The same, or a day alone: from when it begins in the zone, or up to when it has ended.
 * @throws K1Error `usage`
 */
export async function parseDayOrTime(
  text: string,
  zone: string,
  { flag, whole }: { flag: string; whole: 'from' | 'to' },
): Promise<Date> {
  if (!/^\d{4}-\d\d-\d\d$/.test(text.trim())) return new Date((await parseZonedTime(text, zone, flag)).at)
  const { Temporal } = await import('temporal-polyfill')
  checkZone(zone)
  try {
    const day = Temporal.PlainDate.from(text.trim(), { overflow: 'reject' })
    const start = (whole === 'from' ? day : day.add({ days: 1 })).toZonedDateTime(zone)
    return new Date(start.epochMilliseconds)
  } catch {
    throw new K1Error('usage', `There is no day ${text}.`, { hint: `${flag} 2030-12-06` })
  }
}

/** @throws K1Error `usage` */
export function checkZone(zone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
  } catch {
    throw new K1Error('usage', `There is no time zone called "${zone}".`, {
      hint: 'As IANA names it: --zone Europe/Berlin, America/New_York, UTC.',
    })
  }
}

/** The zone that the operator prefers, else that of this machine. */
export function preferredZone({ env }: { env: Readonly<Record<string, string | undefined>> }): string {
  return env.K1CTL_ZONE || new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** `Fri 2030-12-06 17:00 Europe/Berlin`, with seconds where there are any. */
export function zonedText({ at, zone }: ZonedTime): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(at))
  const part = (type: string) => parts.find(p => p.type === type)?.value ?? ''
  const seconds = part('second') === '00' ? '' : `:${part('second')}`
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}${seconds} ${zone}`
}

/** So far ahead somebody may count hours from today, in milliseconds. */
const half = 183 * 86_400_000

/** What daylight saving does until then, within half a year: "The clocks in … change until then: …". Else null. */
export function clockChange({ at, zone }: ZonedTime, now: Date): string | null {
  const [then, today] = [new Date(at), now].map(moment => offsetIn(zone, moment))
  return then === today || Date.parse(at) - now.getTime() > half
    ? null
    : `The clocks in ${zone} change until then: ${then}, and now ${today}.`
}

/** `UTC+02:00`. */
function offsetIn(zone: string, moment: Date): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(moment)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return name === 'GMT' ? 'UTC+00:00' : name.replace('GMT', 'UTC')
}

function isoOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}

function noTime(text: string, flag: string): K1Error {
  return new K1Error('usage', `${flag} takes a date and a time, not "${text}".`, {
    hint: flag.startsWith('--') ? `${flag} '2030-12-06 17:00'` : 'Write it as 2030-12-06 17:00.',
  })
}
