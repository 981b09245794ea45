/**
 * Checks of one setting, as it is typed: without asking anybody, and without the other settings. Each answers what is
 * wrong as a sentence, or undefined. They are data of `SettingField`, so they live where every system can reach them.
 */
export type SettingCheck = (text: string) => string | undefined

/** A URL of a system: https, or http to this machine, without anything that is not an address. */
export const webAddress: SettingCheck = text => {
  const url = urlOf(text)
  if (url === null) return `"${text}" is no address. Give a whole URL, such as https://api.example.com.`
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'Use a URL with https://.'
  if (url.username !== '' || url.password !== '') return 'Leave user name and password out of the URL.'
  if (/[?#]/.test(text)) return 'Leave out everything from "?" or "#".'
  const isHere = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/.test(url.hostname)
  return url.protocol === 'http:' && !isHere
    ? `Use https://${url.host}: plain http is for this machine only.`
    : undefined
}

function urlOf(text: string): URL | null {
  try {
    return new URL(text.trim())
  } catch {
    return null
  }
}

export const mailAddress: SettingCheck = text =>
  /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(text) ? undefined : `"${text}" is no e-mail address, such as amy@customer.example.`

/** Of a form that a pattern tells; `sentence` says which. */
export function like(pattern: RegExp, sentence: string): SettingCheck {
  return text => (pattern.test(text) ? undefined : sentence)
}

/** Words with commas between, each of which is one of these. */
export function commaList(words: readonly string[]): SettingCheck {
  return text => {
    const given = text.toLowerCase().split(/[\s,;]+/)
    const odd = given.find(word => word !== '' && !words.includes(word))
    return odd === undefined ? undefined : `"${odd}" is none of: ${words.join(', ')}.`
  }
}
