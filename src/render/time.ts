const isoTime = /(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z/g

/**
 * Times in a text for a person: "2026-11-17 08:12 UTC" for each ISO time, and the hour alone on the day that the text is
 * about. Machines get ISO.
 * @param day an ISO time of that day
 */
export function shortTimes(text: string, day = ''): string {
  return text.replace(isoTime, (_, date: string, minute: string) => shown(date, minute, day))
}

function shown(date: string, minute: string, day: string): string {
  return date === day.slice(0, 10) ? `${minute} UTC` : `${date} ${minute} UTC`
}
