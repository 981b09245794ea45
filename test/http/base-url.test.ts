import { describe, expect, it } from 'vitest'
import { rememberSecret } from '../../src/core/redact.ts'
import { isLoopback, parseBaseUrl } from '../../src/http/base-url.ts'

describe('parseBaseUrl', () => {
  it.each([
    ['https://api.bms.kaseya.com', 'https://api.bms.kaseya.com/'],
    [' https://api.example.com/base/ ', 'https://api.example.com/base'],
    ['http://127.0.0.1:8080/bms', 'http://127.0.0.1:8080/bms'],
    ['http://127.1.2.3', 'http://127.1.2.3/'],
    ['http://localhost:1', 'http://localhost:1/'],
    ['http://[::1]:9/x//', 'http://[::1]:9/x'],
  ])('takes %s', (text, href) => {
    expect(parseBaseUrl(text, 'BMS').href).toBe(href)
  })

  it.each([
    ['http://api.bms.kaseya.com', 'encryption'],
    ['http://127.0.0.1.example.com', 'encryption'],
    ['http://localhost.example.com', 'encryption'],
    ['http://128.0.0.1', 'encryption'],
    ['http://[::2]', 'encryption'],
    ['http://0.0.0.0', 'encryption'],
    ['ftp://api.example.com', 'not a web address'],
    ['file:///etc/passwd', 'not a web address'],
    ['https://amy:pass@api.example.com', 'user name or password'],
    ['https://api.example.com?x=1', 'query'],
    ['https://api.example.com?', 'query'],
    ['https://api.example.com#x', 'query or a fragment'],
    ['api.example.com', 'not an address'],
    ['', 'not an address'],
    ['https://', 'not an address'],
  ])('refuses %s', (text, why) => {
    const failure = expect.objectContaining({
      kind: 'usage',
      message: expect.stringContaining(why),
      hint: expect.any(String),
    })
    expect(() => parseBaseUrl(text, 'BMS')).toThrow(failure)
  })

  it('shows neither a password nor a query value', () => {
    rememberSecret('kept-secret-1')
    for (const text of ['https://amy:hunter22@api.example.com/?token=hunter22', 'kept-secret-1 no url']) {
      try {
        parseBaseUrl(text, 'BMS')
        expect.unreachable()
      } catch (error) {
        expect(JSON.stringify([String(error), error])).not.toMatch(/hunter22|kept-secret-1/)
      }
    }
  })
})

describe('isLoopback', () => {
  it.each([
    ['http://127.0.0.1', true],
    ['http://0x7f.1', true],
    ['http://[::1]', true],
    ['https://localhost', true],
    ['https://[::ffff:127.0.0.1]', false],
    ['https://example.com', false],
  ])('%s is %s', (url, loopback) => {
    expect(isLoopback(new URL(url))).toBe(loopback)
  })
})
