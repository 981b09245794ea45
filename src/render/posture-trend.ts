import type { Trend } from '../posture/trend.ts'

const [width, height] = [360, 64]

/**
 * How much was open, day by day, as a picture with its figures beside it for whoever does not see it. Days are as far
 * apart as they were. Nothing where there is but one day.
 */
export function trendHtml({ points, since }: Trend): string {
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || first === last) return ''
  const [begin, end] = [Date.parse(first.day), Date.parse(last.day)]
  const spots = points.map(({ day, open, looked }) => ({
    day,
    open,
    looked,
    x: Math.round(((Date.parse(day) - begin) / (end - begin)) * (width - 8)) + 4,
    y: Math.round((1 - open / looked) * (height - 8)) + 4,
  }))
  const line = spots.map(({ x, y }) => `${x},${y}`).join(' ')
  const dots = spots.map(
    ({ x, y, day, open, looked }) =>
      `<circle cx="${x}" cy="${y}" r="3"><title>${day}: ${open} of ${looked} open</title></circle>`,
  )
  const change = since === null ? '' : changeSince(since)
  return `<figure class="trend">
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Open: ${first.open} of ${first.looked} on ${first.day}, ${last.open} of ${last.looked} on ${last.day}">
<polyline points="${line}"/>${dots.join('')}</svg>
<figcaption>Open features: <b>${share(first)}</b> on ${first.day}, <b>${share(last)}</b> on ${last.day}${change}. ${points.length} days with a check.</figcaption>
</figure>`
}

function share({ open, looked }: Trend['points'][number]): string {
  return `${open} of ${looked}`
}

function changeSince({ day, more }: NonNullable<Trend['since']>): string {
  const count = (is: (change: number) => boolean) => [...more.values()].filter(is).length
  const [worse, better] = [count(change => change > 0), count(change => change < 0)]
  return `; since ${day}, ${worse} ${worse === 1 ? 'tenant' : 'tenants'} worse, ${better} better`
}

/** `+2` or `−1` beside the open ones of a tenant; nothing where it is as it was. */
export function changeOf({ since }: Trend, tenant: string): string {
  const change = since?.more.get(tenant) ?? 0
  if (change === 0 || since === null) return ''
  const [sign, word] = change > 0 ? ['+', 'more'] : ['−', 'fewer']
  const count = Math.abs(change)
  return ` <span class="change" title="${count} ${word} open features than on ${since.day}">${sign}${count}</span>`
}
