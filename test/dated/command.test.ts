import { expect, it } from 'vitest'
import { withTenant } from '../../src/dated/command.ts'

it.each([
  ['k1ctl require-log-in disable bms', "k1ctl require-log-in disable bms --tenant 'Northwind Dental'"],
  [
    "k1ctl offboard a@x.example --reason 'no --tenant'",
    "k1ctl offboard a@x.example --reason 'no --tenant' --tenant 'Northwind Dental'",
  ],
  [
    "k1ctl offboard a@x.example --reason 'she'\\''s --tenant'",
    "k1ctl offboard a@x.example --reason 'she'\\''s --tenant' --tenant 'Northwind Dental'",
  ],
  ['k1ctl offboard a@x.example --template t', "k1ctl offboard a@x.example --template t --tenant 'Northwind Dental'"],
  ['k1ctl require-log-in disable bms -t Kestrel'],
  ["k1ctl require-log-in disable bms --tenant='Kestrel Law Group'"],
  ['k1ctl require-log-in disable bms --all-tenants'],
  ['k1ctl posture apply --plan plan.json'],
])('names the tenant that the call did not name: %s', (command, named = command) => {
  expect(withTenant(command, ['Northwind Dental'])).toBe(named)
})

it('names none where there are several, and quotes what a shell would part', () => {
  expect(withTenant('k1ctl offboard a@x.example', ['One', 'Two'])).toBe('k1ctl offboard a@x.example')
  expect(withTenant('k1ctl offboard a@x.example', ["O'Hara"])).toBe("k1ctl offboard a@x.example --tenant 'O'\\''Hara'")
})
