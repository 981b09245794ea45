import { z } from 'zod'

const next = { nextPageToken: z.string().optional() }
const strings = z.array(z.string()).optional()

/** `isAdmin` and `suspended` are what proofs hang on: Google always sends them. */
export const userSchema = z.object({
  id: z.string().min(1),
  primaryEmail: z.string().min(1),
  suspended: z.boolean(),
  isAdmin: z.boolean(),
  isDelegatedAdmin: z.boolean().optional(),
  archived: z.boolean().optional(),
  customerId: z.string().optional(),
  aliases: strings,
  nonEditableAliases: strings,
  name: z
    .object({ fullName: z.string().optional(), givenName: z.string().optional(), familyName: z.string().optional() })
    .optional(),
  orgUnitPath: z.string().optional(),
  includeInGlobalAddressList: z.boolean().optional(),
  recoveryEmail: z.string().optional(),
  recoveryPhone: z.string().optional(),
  lastLoginTime: z.string().optional(),
})

export type GoogleUser = z.infer<typeof userSchema>

export const usersSchema = z.object({ users: z.array(userSchema).optional(), ...next })

/** Of backup codes only the number is read: they are secrets. */
export const codesSchema = z.object({ items: z.array(z.unknown()).optional() })

export const appPasswordsSchema = z.object({
  items: z.array(z.object({ codeId: z.number(), name: z.string().optional() })).optional(),
})

export const tokensSchema = z.object({
  items: z.array(z.object({ clientId: z.string(), displayText: z.string().optional() })).optional(),
})

export const assignmentSchema = z.object({
  roleAssignmentId: z.string(),
  roleId: z.string(),
  assignedTo: z.string(),
  scopeType: z.string().optional(),
  orgUnitId: z.string().optional(),
})

export type RoleAssignment = z.infer<typeof assignmentSchema>

export const assignmentsSchema = z.object({ items: z.array(assignmentSchema).optional(), ...next })

const roleSchema = z.object({
  roleId: z.string(),
  roleName: z.string(),
  isSuperAdminRole: z.boolean().optional(),
})

export const rolesSchema = z.object({ items: z.array(roleSchema).optional(), ...next })

export const groupSchema = z.object({ id: z.string(), email: z.string(), name: z.string().optional() })

export const groupsSchema = z.object({ groups: z.array(groupSchema).optional(), ...next })

export const memberSchema = z.object({ role: z.string().optional() })

export const phoneSchema = z.object({
  resourceId: z.string(),
  status: z.string(),
  email: strings,
  model: z.string().optional(),
  os: z.string().optional(),
  type: z.string().optional(),
  serialNumber: z.string().optional(),
  lastSync: z.string().optional(),
})

export type Phone = z.infer<typeof phoneSchema>

export const phonesSchema = z.object({ mobiledevices: z.array(phoneSchema).optional(), ...next })

export const chromebookSchema = z.object({
  deviceId: z.string(),
  status: z.string(),
  annotatedUser: z.string().optional(),
  model: z.string().optional(),
  serialNumber: z.string().optional(),
  lastSync: z.string().optional(),
})

export type Chromebook = z.infer<typeof chromebookSchema>

export const chromebooksSchema = z.object({ chromeosdevices: z.array(chromebookSchema).optional(), ...next })

/** One device may fail although the whole request went well. */
export const statusResultsSchema = z.object({
  changeChromeOsDeviceStatusResults: z
    .array(z.object({ deviceId: z.string(), error: z.object({ message: z.string().optional() }).optional() }))
    .optional(),
})

export const issuedSchema = z.object({ commandId: z.union([z.string(), z.number()]).transform(String) })

export const commandSchema = z.object({
  state: z.string(),
  commandResult: z.object({ result: z.string().optional(), errorMessage: z.string().optional() }).optional(),
})

export const applicationsSchema = z.object({
  applications: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
  ...next,
})

export const transferSchema = z.object({
  id: z.string(),
  oldOwnerUserId: z.string(),
  newOwnerUserId: z.string(),
  overallTransferStatusCode: z.string(),
  requestTime: z.string().optional(),
  applicationDataTransfers: z
    .array(z.object({ applicationId: z.string(), applicationTransferStatus: z.string().optional() }))
    .optional(),
})

export type Transfer = z.infer<typeof transferSchema>

export const transfersSchema = z.object({ dataTransfers: z.array(transferSchema).optional(), ...next })

export const assignedLicencesSchema = z.object({
  items: z.array(z.object({ userId: z.string(), skuId: z.string() })).optional(),
  ...next,
})
