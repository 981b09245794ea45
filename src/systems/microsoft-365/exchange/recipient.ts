import { z } from 'zod'

/** Somebody or something that mail can be sent to. */
export interface Recipient {
  /** The id in Entra; empty for what is known to Exchange only (a contact). */
  id: string
  guid: string
  /** Distinguished name: what filters take. */
  dn: string
  name: string
  address: string
  /** `UserMailbox`, `MailContact`, `MailUniversalDistributionGroup` … */
  type: string
  /** Where mail to a contact goes. */
  external: string | null
  synced: boolean
}

export const recipientSchema = z.object({
  ExternalDirectoryObjectId: z.string().nullish(),
  Guid: z.string(),
  DistinguishedName: z.string(),
  DisplayName: z.string().nullish(),
  PrimarySmtpAddress: z.string().nullish(),
  RecipientTypeDetails: z.string(),
  ExternalEmailAddress: z.string().nullish(),
  IsDirSynced: z.boolean().nullish(),
})

export function readRecipient(one: z.infer<typeof recipientSchema>): Recipient {
  return {
    id: one.ExternalDirectoryObjectId ?? '',
    guid: one.Guid,
    dn: one.DistinguishedName,
    name: one.DisplayName || one.PrimarySmtpAddress || one.Guid,
    address: one.PrimarySmtpAddress ?? '',
    type: one.RecipientTypeDetails,
    external: one.ExternalEmailAddress?.replace(/^smtp:/i, '') || null,
    synced: one.IsDirSynced === true,
  }
}

/** A value of an OPath filter: an apostrophe is doubled. */
export function filterFor(property: string, value: string): string {
  return `${property} -eq '${value.replaceAll("'", "''")}'`
}
