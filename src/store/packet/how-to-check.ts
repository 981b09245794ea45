import { namespace } from './signature.ts'

/** What lies beside a sealed ledger, for whoever has no k1ctl. */
export function howToCheck(run: string, hasStamp: boolean): string {
  return `The ledger of run ${run}, a JSON document a line, each with the SHA-256 of the one before it.

With k1ctl:

  k1ctl runs verify --offline . --signers ALLOWED_SIGNERS${hasStamp ? ' --tsa-ca AUTHORITY.pem' : ''}

Without it, who signed it (OpenSSH 8.1 and up; ALLOWED_SIGNERS is a line a person: e-mail, blank, public key):

  ssh-keygen -Y find-principals -s run.jsonl.sig -f ALLOWED_SIGNERS
  ssh-keygen -Y verify -f ALLOWED_SIGNERS -I E-MAIL -n ${namespace} -s run.jsonl.sig < run.jsonl
${
  hasStamp
    ? `
and when somebody else saw it (AUTHORITY.pem is the certificate of the time-stamping authority's root):

  openssl ts -verify -data run.jsonl -in run.jsonl.tsr -CAfile AUTHORITY.pem
  openssl ts -reply -in run.jsonl.tsr -text
`
    : ''
}
The hash of one entry (jq 1.6 and up): SHA-256 over its "prev", followed by what this prints:

  sed -n 1p run.jsonl | jq -cjS 'del(.hash, .sig)'
`
}
