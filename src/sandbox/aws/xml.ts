/** An element as IAM writes it: lists as `<member>` elements, nothing for what is absent. */
export function xmlText(name: string, value: unknown): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(name, value, ' xmlns="https://iam.amazonaws.com/doc/2010-05-08/"')}`
}

function element(name: string, value: unknown, attributes = ''): string {
  if (value === undefined || value === null) return ''
  const inner = content(value)
  return inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`
}

function content(value: unknown): string {
  if (Array.isArray(value)) return value.map(one => element('member', one)).join('')
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, one]) => element(name, one))
      .join('')
  }
  return escapeXml(String(value))
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, one => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;' })[one] ?? '&quot;')
}
