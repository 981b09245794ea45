// A whole receiver: the doors of a workshop, kept in a file. PORT=8080 SECRET=whsec_… node receiver.js doors.json
import { createHmac, timingSafeEqual } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { PORT, SECRET } = process.env
const file = process.argv[2] // [{"id": "1", "login": "amy", "email": "amy@msp.example", "active": true}]

function isGenuine({ 'webhook-id': id, 'webhook-timestamp': sent, 'webhook-signature': given = '' }, body) {
  const hmac = createHmac('sha256', Buffer.from(SECRET.replace('whsec_', ''), 'base64'))
  const right = Buffer.from(`v1,${hmac.update(`${id}.${sent}.`).update(body).digest('base64')}`)
  const fits = one => one.length === right.length && timingSafeEqual(one, right)
  return Math.abs(Date.now() / 1000 - sent) < 300 && given.split(' ').some(one => fits(Buffer.from(one)))
}

function answer({ type, id, word, person, goal, hold }) {
  const people = JSON.parse(readFileSync(file, 'utf8'))
  const goesBy = name => name?.toLowerCase() === word?.toLowerCase()
  if (type === 'ping') return [200, { name: 'Workshop doors', goals: ['sign-in-blocked'] }]
  if (type === 'people.list') return [200, { people }]
  if (type === 'person.look' && id) return [200, { people: people.filter(one => one.id === id) }]
  if (type === 'person.look') return [200, { people: people.filter(one => goesBy(one.email) || goesBy(one.login)) }]
  if (type !== 'person.ensure' || goal !== 'sign-in-blocked') return [422, { error: 'Not done here.' }]
  writeFileSync(file, JSON.stringify(people.map(one => (one.id === person.id ? { ...one, active: !hold } : one))))
  return [200, {}]
}

createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray())
  const [status, json] = isGenuine(request.headers, body) ? answer(JSON.parse(body)) : [401, { error: 'Not signed.' }]
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
}).listen(Number(PORT), '127.0.0.1')
