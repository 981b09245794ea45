import type { Quirk } from '../simulator.ts'

/** How receivers misbehave, each as documented of what receivers run on: off until `POST control/quirks {name: true}`. */
export const receiverQuirks = [
  {
    name: 'doneLater',
    source:
      'docs.aws.amazon.com/prescriptive-guidance/latest/patterns/process-events-asynchronously-with-amazon-api-gateway-and-aws-lambda.html',
    what: 'What is asked for is answered with 202, without a time, and done ten seconds later.',
  },
  {
    name: 'saysDoneFirst',
    source: 'support.cardtapp.com/en/articles/8545838-zapier-webhooks-understanding-error-codes',
    what: 'What is asked for is answered with 200, and done five minutes later.',
  },
  {
    name: 'gatewayTimesOut',
    source: 'github.com/aws-powertools/powertools-lambda-python/discussions/8468',
    what: 'What is asked for is done, and answered with 504 by the gateway in front.',
  },
  {
    name: 'plainText',
    source: 'help.make.com/webhooks, "Accepted"',
    what: 'What is asked for is answered with 200 and the word Accepted, in plain text; nothing is done.',
  },
  {
    name: 'ratesRefused',
    source: 'support.cardtapp.com/en/articles/8545838-zapier-webhooks-understanding-error-codes, 429',
    what: 'Every third message is refused with 429, without a time to wait.',
  },
] as const satisfies readonly Quirk[]
