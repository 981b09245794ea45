import { describe, expect, it } from 'vitest'
import { asK1Error } from '../../src/core/errors.ts'
import { tenantsNamed, tenantsOf } from '../../src/offboarding/tenants-of.ts'

const acme = { name: 'Acme', domains: ['acme.example', 'acme.test'] }
const blue = { name: 'Blue & Co', domains: ['blue.example'] }
const twin = { name: 'Twin', domains: ['acme.example'] }
const bare = { name: "Pat's", domains: [] }

function tried<T>(act: () => T): T | string {
  try {
    return act()
  } catch (thrown) {
    const { kind, message, hint } = asK1Error(thrown)
    return [kind, message, hint].join(' | ')
  }
}

describe('tenantsOf', () => {
  it.each([
    ['amy@acme.example', [acme, blue], ['Acme']],
    ['AMY@ACME.Test', [acme, blue], ['Acme']],
    ['amy@acme.example', [acme, twin], ['Acme', 'Twin']],
    ['amy', [acme], ['Acme']],
    ['"odd@name"@blue.example', [acme, blue], ['Blue & Co']],
  ])('%s', (person, tenants, names) => {
    expect(tenantsOf(person, tenants).map(t => t.name)).toEqual(names)
  })

  it.each([
    [
      'amy@other.example',
      [acme],
      'refused | other.example does not belong to Acme: its domains are acme.example, acme.test. | If it does, say so once: k1ctl tenant domains add Acme other.example',
    ],
    [
      'amy@amce.example',
      [acme],
      'refused | amce.example does not belong to Acme: its domains are acme.example, acme.test. | Did you mean amy@acme.example? If the domain is right, say so once: k1ctl tenant domains add Acme amce.example',
    ],
    [
      'amy@bleu.example',
      [acme, blue],
      'refused | bleu.example belongs to none of the 2 tenants. | Did you mean amy@blue.example? If the domain is right, say so once: k1ctl tenant domains add TENANT bleu.example',
    ],
    [
      'amy@sub.acme.example',
      [acme, blue],
      'refused | sub.acme.example belongs to none of the 2 tenants. | Say whose it is: k1ctl tenant domains add TENANT sub.acme.example',
    ],
    [
      'amy@x.example',
      [bare],
      "refused | x.example does not belong to Pat's: it has no mail domain yet. | If it does, say so once: k1ctl tenant domains add 'Pat'\\''s' x.example",
    ],
    [
      'amy',
      [acme, blue],
      'refused | amy may be somebody else in each of the 2 tenants. | Name the e-mail, or the tenant: --tenant NAME, or a column "tenant" in the list.',
    ],
  ])('%s is refused', (person, tenants, sentence) => {
    expect(tried(() => tenantsOf(person, tenants))).toBe(sentence)
  })
})

describe('tenantsNamed', () => {
  it('all where the list names none, the one that it names whatever its case', () => {
    expect(tenantsNamed(undefined, [acme, blue])).toEqual([acme, blue])
    expect(tenantsNamed('blue & CO', [acme, blue])).toEqual([blue])
  })

  it('refuses one that is not of this call', () => {
    expect(tried(() => tenantsNamed('Blue & Co', [acme]))).toBe(
      'refused | The list says tenant Blue & Co. This call is about Acme alone. | For several tenants: --all-tenants',
    )
    expect(tried(() => tenantsNamed('Nope', [acme, blue]))).toBe(
      'refused | The list says tenant Nope. No tenant is called that. | See k1ctl tenant list.',
    )
  })
})
