import { connect as connectPlain, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { Client } from 'ldapts'
import { describe, expect, it } from 'vitest'
import { writeAnswer } from '../../src/sandbox/active-directory/answer.ts'
import {
  BerError,
  writeElement,
  writeInteger,
  writeOctets,
  writeSequence,
} from '../../src/sandbox/active-directory/ber.ts'
import { DomainController } from '../../src/sandbox/active-directory/controller.ts'
import { pagedResults } from '../../src/sandbox/active-directory/controls.ts'
import { Frames } from '../../src/sandbox/active-directory/frames.ts'
import { perform } from '../../src/sandbox/active-directory/perform.ts'
import { readRequest } from '../../src/sandbox/active-directory/request.ts'
import { seenOperation } from '../../src/sandbox/active-directory/seen-operation.ts'
import { Directory } from '../../src/sandbox/directory.ts'
import { DirectorySync } from '../../src/sandbox/directory-sync.ts'
import { demoWorld } from '../../src/sandbox/index.ts'
import {
  administrator,
  base,
  codeOf,
  messageOf,
  operator,
  personAt,
  setDirectoryGround,
} from './active-directory-ground.ts'

const ground = setDirectoryGround()
const leaver = personAt(2)
const portOf = (url: string) => Number(new URL(url).port)

/** A socket that keeps what comes, until it ends. */
function listenTo(socket: Socket): { got(): Buffer; ended: Promise<void> } {
  const chunks: Buffer[] = []
  socket.on('data', chunk => chunks.push(chunk))
  socket.on('error', () => {})
  return { got: () => Buffer.concat(chunks), ended: new Promise(resolve => socket.once('close', () => resolve())) }
}

async function openTls(): Promise<Socket> {
  const socket = connectTls({ host: '127.0.0.1', port: portOf(ground.url), ca: ground.ca })
  await new Promise((resolve, reject) => socket.once('secureConnect', () => resolve(null)).once('error', reject))
  return socket
}

const bindOf = (id: number, name: string, password: string) =>
  writeSequence(writeInteger(id), writeElement(0x60, writeInteger(3), writeOctets(name), writeOctets(password, 0x80)))
const readRoot = (id: number) =>
  writeSequence(
    writeInteger(id),
    writeElement(
      0x63,
      writeOctets(''),
      writeInteger(0, 0x0a),
      writeInteger(0, 0x0a),
      writeInteger(0),
      writeInteger(0),
      writeElement(0x01, Buffer.from([0])),
      writeOctets('objectClass', 0x87),
      writeSequence(writeOctets('dnsHostName')),
    ),
  )

describe('the wire', () => {
  it('takes a request in single bytes, and several in one chunk', async () => {
    const socket = await openTls()
    const { got } = listenTo(socket)
    for (const byte of bindOf(1, operator, ground.password)) {
      socket.write(Buffer.from([byte]))
      if (byte % 16 === 0) await sleep(1)
    }
    while (got().length === 0) await sleep(5)
    expect(got()).toEqual(
      writeSequence(writeInteger(1), writeElement(0x61, writeInteger(0, 0x0a), writeOctets(''), writeOctets(''))),
    )
    socket.write(Buffer.concat([readRoot(2), readRoot(3), readRoot(4)]))
    while (got().toString('latin1').split('dc1.ironbridge.example').length < 4) await sleep(5)
    socket.destroy()
  })

  it.each([
    ['garbage', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a length of five bytes', Buffer.from('30850000000001', 'hex')],
    ['a request that is cut off inside', Buffer.from('3005020101600a', 'hex')],
    ['a tag of no request', Buffer.from('300502010170003000', 'hex')],
    ['a message that is too long', Buffer.from('3084ffffffff', 'hex')],
  ])('says goodbye to %s and closes', async (_, bytes) => {
    for (const socket of [await openTls(), connectPlain(portOf(ground.url), '127.0.0.1')]) {
      const { got, ended } = listenTo(socket)
      socket.write(bytes)
      await ended
      expect(got().toString('latin1')).toContain('1.3.6.1.4.1.1466.20036')
    }
    expect(await codeOf(ground.client().bind(operator, ground.password))).toBe(0)
  })

  it('takes nothing in the clear after StartTLS was asked for', async () => {
    const startTls = writeSequence(writeInteger(1), writeElement(0x77, writeOctets('1.3.6.1.4.1.1466.20037', 0x80)))
    const socket = connectPlain(portOf(ground.url), '127.0.0.1')
    const { ended } = listenTo(socket)
    socket.write(Buffer.concat([startTls, bindOf(2, administrator, ground.password)]))
    await ended
    expect((await ground.calls()).filter(call => call.method === 'BIND')).toEqual([])
  })

  it('is trusted only with its authority, and only by its name or address', async () => {
    const failing = async (tlsOptions: object, url = ground.url) => {
      const client = new Client({ url, tlsOptions, connectTimeout: 3000 })
      return messageOf(client.bind(operator, ground.password))
    }
    expect(await failing({})).toMatch(/unable to verify|self.signed/i)
    expect(await failing({ ca: ground.ca, servername: 'other.example' })).toMatch(/altnames/i)
    expect(await failing({ ca: ground.ca, servername: 'dc1.ironbridge.example' })).toBe('')
    expect(await failing({ ca: ground.ca })).toBe('')
  })

  it('ends the connection at unbind, and answers nothing that was abandoned', async () => {
    await ground.fault({ method: 'SEARCH', delayMs: 150 })
    const socket = await openTls()
    const { got, ended } = listenTo(socket)
    socket.write(readRoot(7))
    socket.write(writeSequence(writeInteger(8), writeInteger(7, 0x50)))
    socket.write(readRoot(9))
    await sleep(300)
    expect(got().toString('latin1').split('dc1.ironbridge.example')).toHaveLength(2)
    socket.write(writeSequence(writeInteger(10), writeElement(0x42)))
    await ended
  })

  it('answers HTTP below its path plainly', async () => {
    const origin = new URL(ground.sandbox.systems.scim?.url ?? '').origin
    expect((await fetch(`${origin}/active-directory/x`)).status).toBe(404)
  })
})

describe('the cookie of a page', () => {
  it('is good once, and only where it was given', () => {
    const world = demoWorld()
    const now = () => new Date('2026-03-02T09:00:00Z')
    const deps = { now, token: () => '', directory: new Directory(world, now), sync: new DirectorySync(now) }
    const controller = new DomainController(world, deps)
    const open = () => {
      const session = { who: null, secure: true, pages: new Map() }
      const password = Buffer.from(ground.password)
      expect(perform(controller, session, { kind: 'bind', name: operator, password }, []).code).toBe(0)
      return session
    }
    const page = (session: ReturnType<typeof open>, size: number, cookie: string) => {
      const control = {
        oid: pagedResults,
        critical: true,
        value: writeSequence(writeInteger(size), writeOctets(cookie)),
      }
      const filter = { kind: 'present', attribute: 'objectClass' } as const
      const search = {
        kind: 'search',
        base,
        scope: 'sub',
        sizeLimit: 0,
        typesOnly: true,
        filter,
        attributes: [],
      } as const
      return perform(controller, session, { ...search, attributes: [] }, [control])
    }
    const [mine, other] = [open(), open()]
    expect(page(mine, 5, '').entries).toHaveLength(5)
    const [cookie = ''] = mine.pages.keys()
    expect(page(other, 5, cookie).code).toBe(53)
    expect(page(mine, 5, cookie).entries).toHaveLength(5)
    expect(page(mine, 5, cookie).code).toBe(53)
    const [next = ''] = mine.pages.keys()
    expect(page(mine, 0, next)).toMatchObject({ code: 0, entries: [] })
    expect(mine.pages.size).toBe(0)
  })
})

describe('damaged requests', () => {
  /** The same numbers in every run. */
  function numbers(seed: number): (below: number) => number {
    let state = seed
    return below => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state % below
    }
  }

  it('are answered or refused as what they are, and never break the server', async () => {
    const world = demoWorld()
    const now = () => new Date('2026-03-02T09:00:00Z')
    const directory = new Directory(world, now)
    const controller = new DomainController(world, { now, token: () => '', directory, sync: new DirectorySync(now) })
    const session = { who: null, secure: true, pages: new Map() }
    const bind = bindOf(1, operator, ground.password)
    const modification = writeSequence(
      writeInteger(2),
      writeElement(
        0x66,
        writeOctets(leaver.dn),
        writeSequence(
          writeSequence(
            writeInteger(2, 0x0a),
            writeSequence(writeOctets('info'), writeElement(0x31, writeOctets('x'))),
          ),
        ),
      ),
    )
    const pick = numbers(20)
    const seen = { refused: 0, answered: 0 }
    for (let round = 0; round < 6000; round += 1) {
      const bytes = Buffer.from([bind, modification, readRoot(3)][round % 3] ?? bind)
      for (let hits = 1 + pick(3); hits > 0; hits -= 1) bytes[pick(bytes.length)] = pick(256)
      if (pick(8) === 0)
        perform(controller, session, { kind: 'bind', name: operator, password: Buffer.from(ground.password) }, [])
      try {
        for (const message of new Frames().push(bytes.subarray(0, pick(4) === 0 ? pick(bytes.length) : bytes.length))) {
          const { operation, controls } = readRequest(message)
          seenOperation(controller, operation)
          writeAnswer(1, operation, perform(controller, session, operation, controls))
          seen.answered += 1
        }
      } catch (error) {
        expect(error).toBeInstanceOf(BerError)
        seen.refused += 1
      }
    }
    expect(seen.refused).toBeGreaterThan(1000)
    expect(seen.answered).toBeGreaterThan(1000)
  })
})
