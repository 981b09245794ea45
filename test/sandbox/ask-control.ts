import { request } from 'undici'

export interface Asked {
  method?: string
  body?: string
}

/**
 * Asks a control URL of the sandbox; what it answers as JSON, undefined for nothing. Tests ask thousands of times, and
 * `fetch` takes four times the work.
 * @param reset by a connection of its own: one that was kept may be closed while something long lets nobody else run
 * @throws Error for a refusal
 */
export async function askControl(url: string, asked: Asked = {}, reset = false): Promise<unknown> {
  const { statusCode, body } = await request(url, { ...asked, reset })
  const text = await body.text()
  if (statusCode > 299) throw new Error(`${url}: ${statusCode} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

/** @param body sent as JSON */
export function sending(method: string, body?: unknown): Asked {
  return body === undefined ? { method } : { method, body: JSON.stringify(body) }
}
