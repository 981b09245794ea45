import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import { readSettings } from '../../src/systems/webhook/settings.ts'
import { readKeys, sign } from '../../src/systems/webhook/signature.ts'

const secret = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const url = 'https://badges.msp.example/k1ctl'

function failure(act: () => unknown): K1Error {
  try {
    act()
  } catch (error) {
    if (error instanceof K1Error) return error
    throw error
  }
  throw new Error('it went well')
}

describe('the signature', () => {
  // The figures that the reference libraries of Standard Webhooks test their own signatures with.
  it('is that of the reference libraries', () => {
    const keys = readKeys('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    expect(sign(keys, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })

  it('takes a secret without its prefix, and several at once', () => {
    const [bare] = readKeys('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    const both = readKeys(`${secret}\n whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw `)
    expect(both).toHaveLength(2)
    expect(both[1]).toEqual(bare)
    expect(sign(both, 'a', 1, '')).toMatch(/^v1,\S{44} v1,\S{44}$/)
  })

  it.each([
    ['nothing', '  '],
    ['a password', 'whsec_correct horse battery staple'],
    ['no base64', `whsec_${'*'.repeat(32)}`],
    ['too few bytes', `whsec_${Buffer.alloc(23, 1).toString('base64')}`],
    ['too many bytes', `whsec_${Buffer.alloc(65, 1).toString('base64')}`],
    ['an asymmetric key', `whsk_${Buffer.alloc(64, 1).toString('base64')}`],
    ['one good one and a bad one', `${secret} whsec_short`],
  ])('is not made with %s, and the error does not say it', (_, given) => {
    const error = failure(() => readKeys(given))
    expect([error.kind, error.facts.setting]).toEqual(['not-set-up', 'secret'])
    const said = `${error.message} ${error.hint}`
    for (const word of given.split(/\s+/)) if (word.length > 5) expect(said).not.toContain(word.replace(/^wh\w+_/, ''))
  })
})

describe('the settings', () => {
  it('have defaults', () => {
    expect(readSettings({ url, secret })).toMatchObject({
      baseUrl: 'https://badges.msp.example',
      host: 'badges.msp.example',
      place: 'badges.msp.example/k1ctl',
      kinds: ['sign-in-blocked'],
      reads: true,
    })
    expect(readSettings({ url, secret, reads: ' No ', kinds: 'deleted;GROUPS-LEFT' })).toMatchObject({
      kinds: ['groups-left', 'deleted'],
      reads: false,
    })
  })

  it.each([
    ['no url', { secret }, 'not-set-up', 'url'],
    ['no secret', { url }, 'not-set-up', 'secret'],
    ['an unknown goal', { url, secret, kinds: 'sign-in-blocked,coffee' }, 'not-set-up', 'coffee'],
    ['a goal without a part in the contract', { url, secret, kinds: 'data-handed-over' }, 'not-set-up', 'data-handed'],
    ['another answer than yes or no', { url, secret, reads: 'maybe' }, 'not-set-up', 'yes or no'],
    ['http to elsewhere', { url: 'http://badges.msp.example/x', secret }, 'usage', 'without encryption'],
    ['a key in the query', { url: `${url}?code=abc`, secret }, 'usage', 'query'],
    ['a path that is no text', { url: 'https://badges.msp.example/%zz', secret }, 'usage', '%zz'],
    ['no URL at all', { url: 'badges', secret }, 'usage', 'not an address'],
  ])('refuse %s', (_, settings, kind, word) => {
    const error = failure(() => readSettings(settings))
    expect([error.kind, error.message]).toEqual([kind, expect.stringContaining(word)])
  })
})
