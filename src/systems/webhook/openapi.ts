import { type ApiPart, answer, body } from '../../http/module-admin/openapi-parts.ts'
import { webhookSchemas } from './openapi-schemas.ts'

const amy = {
  id: 'b-17',
  login: 'amy.chen',
  email: 'amy.chen@msp.example',
  name: 'Amy Chen',
  active: true,
  holds: { 'groups-left': false },
  details: { 'groups-left': { doors: ['Workshop', 'Front door'] } },
}
const { holds: _, details: __, ...listedAmy } = amy
const { active: ___, ...addressee } = listedAmy

/** What a receiver must speak, as an OpenAPI 3.1 document: enough to write one from. */
export function webhookContract(): Record<string, unknown> {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Webhook contract, published by k1ctl (not an API of Kaseya, nor of any vendor)',
      version: '1.0.0',
      summary: 'What a receiver of your own speaks so that k1ctl can offboard people from whatever is behind it.',
      description,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    security: [{ signature: [] }],
    webhooks: {
      ping: message({
        operationId: 'ping',
        summary: 'Is anybody there, and what can the receiver do?',
        description: 'Sent by `k1ctl connect` and `k1ctl doctor`, and once a run. Does nothing.',
        requestBody: body('Ping', { type: 'ping' }),
        responses: {
          '200': answer('Here.', 'Pong', { name: 'Badge system', goals: ['sign-in-blocked'], missing: [] }),
        },
      }),
      'person.look': message({
        operationId: 'lookAtPerson',
        summary: 'Who goes by this word, or: how does the person with this id stand?',
        description:
          'By `word`: everybody whose e-mail, log-in or alias is exactly this, upper and lower case aside; never somebody ' +
          'whose name only begins so. By `id`: this one person. Nobody is an empty list, not a 404. Changes nothing.',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/Look' },
              examples: {
                word: { value: { type: 'person.look', word: 'amy.chen@msp.example' } },
                id: { value: { type: 'person.look', id: 'b-17' } },
              },
            },
          },
        },
        responses: { '200': answer('Those people, as they are at this moment.', 'People', { people: [amy] }) },
      }),
      'people.list': message({
        operationId: 'listPeople',
        summary: 'Everybody with an account, page by page',
        description: 'For `k1ctl orphans`. A receiver that cannot answers 501.',
        requestBody: body('List', { type: 'people.list', after: 'b-16' }),
        responses: {
          '200': answer('One page.', 'Page', { people: [listedAmy], next: 'b-17', total: 214 }),
          '501': { description: 'This receiver lists nobody.' },
        },
      }),
      'person.ensure': message({
        operationId: 'ensure',
        summary: 'Make it so that a goal holds for a person, or (undoing) that it holds no more',
        description:
          'Says how things shall be, not what to do: where they are so, nothing is to be done, and the answer is 200. ' +
          'k1ctl looks afterwards; the body of the answer is not read.',
        requestBody: {
          required: true,
          content: {
            'application/json': {
              schema: { $ref: '#/components/schemas/Ensure' },
              examples: {
                leave: {
                  value: { type: 'person.ensure', person: addressee, goal: 'groups-left', hold: true },
                },
                undo: {
                  value: {
                    type: 'person.ensure',
                    person: addressee,
                    goal: 'groups-left',
                    hold: false,
                    before: amy.details['groups-left'],
                  },
                },
              },
            },
          },
        },
        responses: {
          '200': { description: 'It is so now, and a look says so.' },
          '202': {
            description: 'Taken; it will be so later. k1ctl looks, and does not send it again in this run.',
            headers: {
              'Retry-After': {
                description: 'Seconds, or a date: how long looking is not worth while.',
                schema: { type: 'string' },
              },
            },
          },
          '409': refusal('It must not be done: the last administrator, a person under legal hold.'),
          '422': refusal('This receiver does not do this goal.'),
        },
      }),
    },
    components: {
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'webhook-signature',
          description:
            'Standard Webhooks 1.0.0, symmetric: for each signing secret (there are two while one takes the place of the ' +
            'other, with a space between the signatures) `v1,` and the base64 of HMAC-SHA256, keyed with the bytes that ' +
            'the base64 after `whsec_` stands for, over `{webhook-id}.{webhook-timestamp}.{body as it came}`.',
        },
      },
      parameters: {
        id: header('webhook-id', 'Of this message; the same when it is sent again.', 'ask_0b6f7c0e'),
        timestamp: header(
          'webhook-timestamp',
          'When this attempt was sent, in seconds since 1970.',
          '1795212000',
          '^\\d+$',
        ),
        signature: header(
          'webhook-signature',
          'Signatures with spaces between them; one that is right is enough.',
          'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
          '^v1,[A-Za-z0-9+/]+=*( v1,[A-Za-z0-9+/]+=*)*$',
        ),
      },
      schemas: webhookSchemas(),
    },
  }
}

function message({ responses, ...operation }: { responses: ApiPart } & ApiPart): ApiPart {
  const parameters = ['id', 'timestamp', 'signature'].map(name => ({ $ref: `#/components/parameters/${name}` }))
  return {
    post: {
      ...operation,
      parameters,
      responses: {
        ...responses,
        '401': refusal('The signature is missing or wrong, or the time is more than five minutes off.'),
        '429': { ...refusal('Too many messages.'), headers: retryAfter },
        '503': { ...refusal('Not now.'), headers: retryAfter },
      },
    },
  }
}

const retryAfter: ApiPart = { 'Retry-After': { description: 'Seconds, or a date.', schema: { type: 'string' } } }

function refusal(description: string): ApiPart {
  return answer(description, 'Refusal', { error: description })
}

function header(name: string, description: string, example: string, pattern = '^[^.\\s]+$'): ApiPart {
  return { name, in: 'header', required: true, description, schema: { type: 'string', pattern }, example }
}

const description = [
  'Infrastructure and applications of your own have no connector. Put a receiver in front of them: one URL that takes',
  'these messages as POST, in JSON, and answers how things are. k1ctl brings the goals about, and reads them back: it',
  'believes what a look shows, never that a message was accepted.',
  '',
  'Each message is signed as Standard Webhooks 1.0.0 says. A receiver',
  '',
  '* checks the signature over the bytes of the body as they came, in constant time, before it reads them;',
  '* refuses a `webhook-timestamp` more than five minutes from its own clock (401);',
  '* lets a `person.ensure` with a `webhook-id` that it has seen take effect once, and answers the second like the',
  '  first; it keeps ids for five minutes at least, and a day is better, because a run that broke off is resumed with',
  '  the same ids. A new run, and an undo, have new ones.',
  '',
  'Answers are not signed: TLS says who answers, and plain http is for the machine itself only. An answer may have',
  'members that are not in this document: k1ctl leaves them alone. k1ctl follows no redirect. A message without an',
  'answer, and one that is answered 429, 502, 503 or 504, is sent again with the same id and a new time.',
  '',
  'A receiver that can tell nobody how things are is connected with `reads=no`. It is then sent `ping` and',
  '`person.ensure` alone, any 2xx will do, the `id` of a person is their e-mail, and k1ctl says of what was done that',
  'nobody can read it back.',
].join('\n')
