import { evidenceStyle } from './evidence-style.ts'
import { line, plainTimes, type Said, timeText } from './evidence-words.ts'

/**
 * Text as HTML, fit for an element and for a quoted attribute; no control characters. The one way in for text of servers
 * and operators.
 */
export function exact(value: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return line(value).replace(/[&<>"']/g, mark => names[mark] ?? '')
}

/** The same for a person: times as people write them. */
export function htmlText(value: string): string {
  return exact(plainTimes(value))
}

export function code(value: string): string {
  return `<code>${exact(value)}</code>`
}

export function note(value: string): string {
  return value === '' ? '' : `<span class="note">${htmlText(value)}</span>`
}

/** An e-mail that is too long for its cell breaks before the @, not in the middle of a word. */
export function mail(value: string): string {
  return htmlText(value).replaceAll('@', '<wbr>@')
}

export function time(iso: string): string {
  return `<time datetime="${exact(iso)}">${htmlText(timeText(iso))}</time>`
}

export function state({ text: word, tone }: Said): string {
  return `<span class="state ${tone}">${htmlText(word)}</span>`
}

/** Items are HTML already. Nothing where there are none. */
export function box(title: string, items: readonly string[], kind: '' | 'todo' | 'alert'): string {
  if (items.length === 0) return ''
  const list = items.map(item => `<li>${item}</li>`).join('\n')
  return `<div class="box ${kind}"><h3>${title}</h3><ul>${list}</ul></div>`
}

/**
 * A page that needs nothing else: no script (its own policy forbids any), no request, no font. `body` is HTML already.
 * In the style the footer is CSS, so only what a name of a run is made of may be in it.
 */
export function htmlPage(title: string, footer: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${htmlText(title)}</title>
<style>${evidenceStyle(footer)}</style>
</head>
<body>
${body}
</body>
</html>
`
}
