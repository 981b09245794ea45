import { type ApiPart, flag, id, list, object, ref, textPart } from '../../http/module-admin/openapi-parts.ts'
import { webhookKinds } from './about.ts'

const kind: ApiPart = { $ref: '#/components/schemas/GoalKind' }
const canBeNull = (type: string, description: string): ApiPart => ({ type: [type, 'null'], description })

const means: Record<(typeof webhookKinds)[number], string> = {
  'admin-roles-dropped': 'has no administrative rights',
  'sign-in-blocked': '`active` is false: cannot get in, with nothing',
  'sessions-ended': 'nothing that was open still is',
  'credentials-revoked': 'codes, tokens and keys are void; not undone',
  'groups-left': 'is in no group that somebody put them in',
  'access-freed': 'takes up no licence, seat or locker',
  'devices-released': 'nothing is assigned to them',
  deleted: 'there is no such account; only with --delete, not undone',
}

/** What goes over the wire. `messages.ts` says the same to k1ctl. */
export function webhookSchemas(): ApiPart {
  const person: ApiPart = {
    id: { ...id, description: "The receiver's own; never given to anybody else." },
    login: id,
    email: canBeNull('string', 'Empty, null or absent where there is none.'),
    name: canBeNull('string', 'As people would recognise them.'),
    active: canBeNull('boolean', 'Can they get in? Null where the receiver cannot tell.'),
    aliases: { type: ['array', 'null'], items: textPart, description: 'Other names that they are found by.' },
    roles: {
      type: ['array', 'null'],
      items: object({ name: textPart, admin: flag }),
      description: "Roles, with administrators' marked.",
    },
    untouchable: canBeNull('string', 'Why nothing may be done to them: "the last administrator".'),
  }
  const optional = ['email', 'name', 'aliases', 'roles', 'untouchable']
  return {
    GoalKind: {
      enum: webhookKinds,
      description: webhookKinds.map(one => `* \`${one}\`: ${means[one]}.`).join('\n'),
    },
    Ping: object({ type: { const: 'ping' } }),
    Pong: object(
      {
        name: canBeNull('string', 'What the receiver calls itself.'),
        goals: {
          type: ['array', 'null'],
          items: textPart,
          description: 'What it can do; k1ctl warns when it is set up to ask for more.',
        },
        missing: {
          type: ['array', 'null'],
          items: textPart,
          description: 'What it lacks to do its work, each a sentence.',
        },
      },
      ['name', 'goals', 'missing'],
    ),
    Look: {
      oneOf: [
        object({ type: { const: 'person.look' }, word: id }, [], { additionalProperties: false }),
        object({ type: { const: 'person.look' }, id }, [], { additionalProperties: false }),
      ],
    },
    List: object({ type: { const: 'people.list' }, after: { ...id, description: 'The `next` of the page before.' } }, [
      'after',
    ]),
    Ensure: object(
      {
        type: { const: 'person.ensure' },
        person: object({ id, login: id, email: textPart, name: textPart }),
        goal: kind,
        hold: { ...flag, description: 'True: the goal shall hold. False: it shall be as it was before.' },
        before: { ...ref('Details'), description: 'With `hold: false`: what the receiver showed before it was done.' },
      },
      ['before'],
    ),
    Person: object(person, optional),
    SeenPerson: object(
      {
        ...person,
        holds: {
          type: 'object',
          propertyNames: kind,
          additionalProperties: { type: ['boolean', 'null'] },
          description:
            'How the goals stand that the receiver does, but `sign-in-blocked` (which is `active`) and `deleted`. Null ' +
            'where it cannot tell: then it is sent, and nothing is proved.',
        },
        details: {
          type: ['object', 'null'],
          propertyNames: kind,
          additionalProperties: ref('Details'),
          description: 'What there is, goal by goal, for reports, and for undoing: it comes back as `before`.',
        },
      },
      [...optional, 'holds', 'details'],
    ),
    Details: {
      type: 'object',
      propertyNames: { maxLength: 100 },
      additionalProperties: {
        anyOf: [
          { type: 'string', maxLength: 1000 },
          { type: ['number', 'boolean', 'null'] },
          { type: 'array', maxItems: 1000, items: { type: 'string', maxLength: 1000 } },
        ],
      },
      description: 'Names and ids for an auditor. Flat, small, never a secret: k1ctl keeps it.',
    },
    People: object({ people: list(ref('SeenPerson')) }),
    Page: object(
      {
        people: list(ref('Person')),
        next: { type: ['string', 'null'], minLength: 1, description: 'Absent or null on the last page.' },
        total: { type: ['integer', 'null'], minimum: 0, description: 'Of all pages, where it is cheap to say.' },
      },
      ['next', 'total'],
    ),
    Refusal: object({ error: { ...textPart, description: 'A sentence for a person.' } }, ['error']),
  }
}
