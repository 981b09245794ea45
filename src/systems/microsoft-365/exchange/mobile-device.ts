import { z } from 'zod'

export const mobileSchema = z.object({
  Identity: z.string().min(1),
  DeviceFriendlyName: z.string().nullish(),
  DeviceModel: z.string().nullish(),
  DeviceOS: z.string().nullish(),
  LastSuccessSync: z.string().nullish(),
  Status: z.string().nullish(),
  DeviceWipeRequestTime: z.string().nullish(),
})

/** A phone or tablet that a mailbox has been connected with. */
export interface MobileDevice {
  identity: string
  name: string
  lastSync: string | null
  /** It was told to remove mail and account, or to erase itself; null: never. */
  wipeAskedAt: string | null
}

export function readMobile(one: z.infer<typeof mobileSchema>): MobileDevice {
  return {
    identity: one.Identity,
    name: one.DeviceFriendlyName || one.DeviceModel || one.DeviceOS || one.Identity,
    lastSync: one.LastSuccessSync ?? null,
    wipeAskedAt: one.DeviceWipeRequestTime ?? null,
  }
}
