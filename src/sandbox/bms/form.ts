/**
 * Form fields by lower-case name, from `application/x-www-form-urlencoded` or `multipart/form-data`. Null when the body
 * is of neither type. Of a field sent twice the last one counts.
 */
export function readForm(contentType: string, body: Buffer): Map<string, string> | null {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/x-www-form-urlencoded') {
    return new Map([...new URLSearchParams(body.toString('utf8'))].map(([name, value]) => [name.toLowerCase(), value]))
  }
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const mark = boundary?.[1] ?? boundary?.[2]
  if (type !== 'multipart/form-data' || mark === undefined) return null
  return new Map(body.toString('utf8').split(`--${mark}`).flatMap(readPart))
}

function readPart(part: string): [string, string][] {
  const [, head = '', value] = /^\r\n(.*?)\r\n\r\n(.*)\r\n$/s.exec(part) ?? []
  const name = /content-disposition:[^\r\n]*[;\s]name="([^"]*)"/i.exec(head)?.[1]
  return name === undefined || value === undefined ? [] : [[name.toLowerCase(), value]]
}
