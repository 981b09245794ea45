import { K1Error } from '../../core/errors.ts'

/** Licences that are taken away: all of these products, or of these only the ones that are named. */
export interface Wanted {
  products: readonly string[]
  /** `product/sku`; undefined: every SKU, also one that nobody here knows. */
  names: readonly string[] | undefined
}

/**
 * Products that are editions of Google Workspace itself. Source: "Google product and SKU IDs" of the
 * Enterprise License Manager API.
 */
const editionProducts = [
  { id: 'Google-Apps', title: 'Google Workspace' },
  { id: '101031', title: 'Google Workspace for Education' },
]

/** By SKU. */
const editions: Readonly<Record<string, string>> = {
  '1010020027': 'Business Starter',
  '1010020028': 'Business Standard',
  '1010020025': 'Business Plus',
  '1010060003': 'Enterprise Essentials',
  '1010060005': 'Enterprise Essentials Plus',
  '1010020029': 'Enterprise Starter',
  '1010020026': 'Enterprise Standard',
  '1010020020': 'Enterprise Plus',
  '1010060001': 'Essentials',
  '1010020030': 'Frontline Starter',
  '1010020031': 'Frontline Standard',
  '1010020034': 'Frontline Plus',
  'Google-Apps-Unlimited': 'G Suite Business',
  'Google-Apps-For-Business': 'G Suite Basic',
  'Google-Apps-Lite': 'G Suite Lite',
  '1010310005': 'Education Standard',
  '1010310006': 'Education Standard (Staff)',
  '1010310007': 'Education Standard (Extra Student)',
  '1010310008': 'Education Plus',
  '1010310009': 'Education Plus (Staff)',
  '1010310010': 'Education Plus (Extra Student)',
}

/** "Business Standard", or `101034/1010340004` where the name is not known. @param name `product/sku` */
export function licenceName(name: string): string {
  return editions[name.split('/')[1] ?? ''] ?? name
}

/** Whose licences they are that were looked at: "of Google Workspace and Google Workspace for Education". */
export function scopeOf({ products, names }: Wanted): string {
  if (names !== undefined) return names.map(licenceName).join(', ')
  return `of ${products.map(id => editionProducts.find(one => one.id === id)?.title ?? id).join(' and ')}`
}

/** `Google-Apps/1010020028, 101034/1010340004`. @throws K1Error `usage` */
export function parseLicences(text: string | undefined): Wanted {
  if (text === undefined) return { products: editionProducts.map(({ id }) => id), names: undefined }
  const names = text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
  for (const name of names) {
    if (/^[^/]+\/[^/]+$/.test(name)) continue
    throw new K1Error('usage', `"${name}" is not a licence.`, {
      hint: 'Name product and SKU: Google-Apps/1010020028, several separated by commas.',
      facts: { setting: 'licences' },
    })
  }
  return { products: [...new Set(names.map(name => name.split('/')[0] ?? ''))], names }
}
