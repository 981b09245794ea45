/** Result codes of RFC 4511, appendix A, as far as this directory gives them. */
export const codes = {
  success: 0,
  operationsError: 1,
  protocolError: 2,
  timeLimitExceeded: 3,
  sizeLimitExceeded: 4,
  authMethodNotSupported: 7,
  strongAuthRequired: 8,
  unavailableCriticalExtension: 12,
  noSuchAttribute: 16,
  inappropriateMatching: 18,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDnSyntax: 34,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  busy: 51,
  unavailable: 52,
  unwillingToPerform: 53,
  namingViolation: 64,
  objectClassViolation: 65,
  notAllowedOnNonLeaf: 66,
  notAllowedOnRdn: 67,
  entryAlreadyExists: 68,
  other: 80,
} as const

/** An operation that does not succeed. */
export class LdapFault extends Error {
  readonly code: number
  readonly matchedDn: string

  /** @param message as Active Directory writes it: eight hex digits of the Windows error first */
  constructor(code: keyof typeof codes, message: string, matchedDn = '') {
    super(message)
    this.code = codes[code]
    this.matchedDn = matchedDn
  }
}
