import { readFileSync } from 'node:fs'
import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'

/** Microsoft's own schema of Graph v1.0: what exists, of which type. Names are without their namespace. */

const property = z.looseObject({ '@Name': z.string(), '@Type': z.string(), '@Nullable': z.string().optional() })
const structured = z.looseObject({
  '@Name': z.string(),
  '@BaseType': z.string().optional(),
  Property: z.array(property).default([]),
  NavigationProperty: z.array(property).default([]),
})
const operation = z.looseObject({
  '@Name': z.string(),
  '@IsBound': z.string().optional(),
  Parameter: z.array(property).default([]),
})
const schema = z.looseObject({
  '@Namespace': z.string(),
  EnumType: z
    .array(z.looseObject({ '@Name': z.string(), Member: z.array(z.looseObject({ '@Name': z.string() })).default([]) }))
    .default([]),
  EntityType: z.array(structured).default([]),
  ComplexType: z.array(structured).default([]),
  Action: z.array(operation).default([]),
  EntityContainer: z
    .array(
      z.looseObject({
        EntitySet: z.array(z.looseObject({ '@Name': z.string(), '@EntityType': z.string() })),
        Singleton: z.array(z.looseObject({ '@Name': z.string(), '@Type': z.string() })),
      }),
    )
    .default([]),
})
const namespace = z.looseObject({ '@Namespace': z.string() })
const lists = new Set(
  'Schema EnumType EntityType ComplexType Action EntityContainer EntitySet Singleton Property NavigationProperty Member Parameter'.split(
    ' ',
  ),
)

interface Member {
  type: string
  many: boolean
  nullable: boolean
  navigation: boolean
}

/** What an address leads to. */
export interface Place {
  type: string
  many: boolean
  /** Parameters of the action that it calls. */
  parameters?: Map<string, Member>
  /** A reference to an object: `$ref`. */
  reference?: true
}

export class GraphSchema {
  readonly #types = new Map<string, { base: string | undefined; members: Map<string, Member> }>()
  readonly #enums = new Map<string, Set<string>>()
  readonly #roots = new Map<string, Place>()
  readonly #actions: { name: string; on: Member; parameters: Map<string, Member> }[] = []

  constructor(file: string) {
    const parser = new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: '@',
      isArray: name => lists.has(name),
      processEntities: false,
    })
    const document: unknown = parser.parse(readFileSync(file, 'utf8'))
    const { Schema } = z
      .object({ 'edmx:Edmx': z.looseObject({ 'edmx:DataServices': z.looseObject({ Schema: z.array(z.unknown()) }) }) })
      .parse(document)['edmx:Edmx']['edmx:DataServices']
    // The first one is microsoft.graph; of the others, those of products that are used here.
    this.#add(schema.parse(Schema[0]), '')
    for (const other of Schema.slice(1)) {
      const [, product] = /^microsoft\.graph\.(teamsAdministration)$/.exec(namespace.parse(other)['@Namespace']) ?? []
      if (product !== undefined) this.#add(schema.parse(other), `${product}.`)
    }
  }

  /** @param prefix what others call its types by */
  #add(main: z.infer<typeof schema>, prefix: string): void {
    for (const one of main.EnumType) {
      this.#enums.set(prefix + one['@Name'], new Set(one.Member.map(member => member['@Name'])))
    }
    for (const one of [...main.EntityType, ...main.ComplexType]) {
      const base = one['@BaseType']
      const members = new Map([...membersOf(one.Property, false), ...membersOf(one.NavigationProperty, true)])
      this.#types.set(prefix + one['@Name'], { base: base === undefined ? undefined : short(base), members })
    }
    for (const one of main.Action) {
      const [[, on] = ['', undefined], ...parameters] = membersOf(one.Parameter, false)
      if (on !== undefined && one['@IsBound'] === 'true') {
        this.#actions.push({ name: one['@Name'], on, parameters: new Map(parameters) })
      }
    }
    for (const { EntitySet, Singleton } of main.EntityContainer) {
      for (const one of EntitySet) this.#roots.set(one['@Name'], { type: short(one['@EntityType']), many: true })
      for (const one of Singleton) this.#roots.set(one['@Name'], { type: short(one['@Type']), many: false })
    }
  }

  /** @throws Error that says at which segment it leads nowhere */
  resolve(address: string): Place {
    const [root = '', ...rest] = address.split('/').filter(Boolean)
    let place = this.#roots.get(root)
    if (place === undefined) throw new Error(`${address}: there is no ${root}`)
    for (const segment of rest) {
      const next = this.#step(place, segment)
      if (next === undefined) throw new Error(`${address}: ${place.type} has no ${segment}`)
      place = next
    }
    return place
  }

  #step(place: Place, segment: string): Place | undefined {
    const { type, many } = place
    if (segment === '$ref') return { ...place, reference: true }
    if (segment === '$count') return many ? { type: 'Edm.Int32', many: false } : undefined
    if (segment.startsWith('microsoft.graph.')) {
      const cast = short(segment)
      return this.#isA(cast, type) ? { type: cast, many } : undefined
    }
    const action = this.#actions.find(
      ({ name, on }) => name === segment && on.many === many && this.#isA(type, on.type),
    )
    if (action !== undefined) return { type, many: false, parameters: action.parameters }
    // Any other segment behind a collection is the key of one of its members.
    if (many) return { type, many: false }
    const member = this.member(type, segment)
    return member && { type: member.type, many: member.many }
  }

  member(type: string, name: string): Member | undefined {
    for (let at: string | undefined = type; at !== undefined; at = this.#types.get(at)?.base) {
      const found = this.#types.get(at)?.members.get(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  /** As `member`, also of any type that is one of these: a list of directory objects can be asked for what groups have. */
  memberOfAny(type: string, name: string): Member | undefined {
    if (this.member(type, name) !== undefined) return this.member(type, name)
    const heir = [...this.#types.keys()].find(one => this.#isA(one, type) && this.member(one, name) !== undefined)
    return heir === undefined ? undefined : this.member(heir, name)
  }

  #isA(type: string, wanted: string): boolean {
    for (let at: string | undefined = type; at !== undefined; at = this.#types.get(at)?.base) {
      if (at === wanted) return true
    }
    return false
  }

  /** What of a value does not fit its type, each with its place; annotations (`@…`) fit everywhere. */
  misfits(type: string, many: boolean, value: unknown, where = type): string[] {
    if (many) {
      if (!Array.isArray(value)) return [`${where} is no list`]
      return value.flatMap((one, index) => this.misfits(type, false, one, `${where}[${index}]`))
    }
    const values = this.#enums.get(type)
    if (values !== undefined) return values.has(String(value)) ? [] : [`${where} is ${String(value)}, no ${type}`]
    if (type.startsWith('Edm.')) return primitive(type, value) ? [] : [`${where} is ${String(value)}, no ${type}`]
    if (typeof value !== 'object' || value === null) return [`${where} is no ${type}`]
    const own = '@odata.type' in value && typeof value['@odata.type'] === 'string' ? value['@odata.type'] : undefined
    const actual = own === undefined ? type : short(own)
    if (!this.#isA(actual, type)) return [`${where} is a ${actual}, no ${type}`]
    return Object.entries(value).flatMap(([name, member]) => {
      if (name.includes('@')) return []
      const known = this.member(actual, name)
      if (known === undefined) return [`${actual} has no ${name}`]
      if (member === null) return known.nullable || known.many ? [] : [`${where}.${name} is null`]
      return this.misfits(known.type, known.many, member, `${where}.${name}`)
    })
  }
}

function membersOf(list: readonly z.infer<typeof property>[], navigation: boolean): [string, Member][] {
  return list.map(one => {
    const [, many] = /^Collection\((.+)\)$/.exec(one['@Type']) ?? []
    const nullable = one['@Nullable'] !== 'false'
    return [one['@Name'], { type: short(many ?? one['@Type']), many: many !== undefined, nullable, navigation }]
  })
}

function short(name: string): string {
  return name.startsWith('Edm.') ? name : name.replace(/^#?(?:microsoft\.)?graph\./, '')
}

function primitive(type: string, value: unknown): boolean {
  switch (type) {
    case 'Edm.Boolean':
      return typeof value === 'boolean'
    case 'Edm.Int32':
    case 'Edm.Int64':
    case 'Edm.Double':
      return typeof value === 'number'
    case 'Edm.DateTimeOffset':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(value)
    case 'Edm.Guid':
      return typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    default:
      return typeof value === 'string'
  }
}
