import { K1Error } from '../../core/errors.ts'

/** A licence as the licensing API names it. */
export interface Licence {
  product: string
  sku: string
}

/**
 * The editions of Google Workspace itself. The licensing API tells of one user and one SKU at a time, so these are
 * asked for when the operator names none. Source: "Google product and SKU IDs" of the Enterprise License Manager API.
 */
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
}

const defaultLicences: readonly Licence[] = Object.keys(editions).map(sku => ({ product: 'Google-Apps', sku }))

/** "Business Standard", or `101034/1010340004` where the name is not known. */
export function licenceName({ product, sku }: Licence): string {
  return editions[sku] ?? `${product}/${sku}`
}

/** `Google-Apps/1010020028, 101034/1010340004`. @throws K1Error `usage` */
export function parseLicences(text: string | undefined): readonly Licence[] {
  if (text === undefined) return defaultLicences
  return text
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(part => {
      const [product = '', sku = '', ...rest] = part.split('/')
      if (product !== '' && sku !== '' && rest.length === 0) return { product, sku }
      throw new K1Error('usage', `"${part}" is not a licence.`, {
        hint: 'Name product and SKU: Google-Apps/1010020028, several separated by commas.',
        facts: { setting: 'licences' },
      })
    })
}
