/** Behind a colour, too, whose code ends in a letter. */
const iso = /(?:(?<=\[[\d;]*m)|\b)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** Times as somebody at a terminal reads them: of today the time alone, else the day and minutes; by the local clock. */
export function shortTimes(text: string, now: Date): string {
  return text.replace(iso, time => shortTime(new Date(time), now) ?? time)
}

function shortTime(time: Date, now: Date): string | undefined {
  if (Number.isNaN(time.getTime())) return undefined
  const two = (n: number) => String(n).padStart(2, '0')
  const day = (date: Date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`
  return day(time) === day(now) ? `${clock}:${two(time.getSeconds())}` : `${day(time)} ${clock}`
}
