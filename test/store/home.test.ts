import { describe, expect, test } from 'vitest'
import { redact } from '../../src/core/redact.ts'
import type { SettingField } from '../../src/core/system.ts'
import { environmentName } from '../../src/core/system.ts'
import { fromEnvironment } from '../../src/store/environment.ts'
import { findHome } from '../../src/store/home.ts'
import { findNearest } from '../../src/store/nearest.ts'

describe('findHome', () => {
  const linux = { platform: 'linux', homedir: '/home/amy' }
  const win = { platform: 'win32', homedir: 'C:\\Users\\amy' }
  const mac = { platform: 'darwin', homedir: '/Users/amy' }
  const roaming = 'C:\\Users\\amy\\AppData\\Roaming\\k1ctl'
  test.each([
    [{ ...linux, env: {} }, '/home/amy/.config/k1ctl', '/home/amy/.local/state/k1ctl'],
    [{ ...linux, env: { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' } }, '/c/k1ctl', '/s/k1ctl'],
    [
      { ...linux, env: { XDG_CONFIG_HOME: 'c', XDG_STATE_HOME: '' } },
      '/home/amy/.config/k1ctl',
      '/home/amy/.local/state/k1ctl',
    ],
    [{ ...linux, env: { K1CTL_HOME: '/k', XDG_CONFIG_HOME: '/c' } }, '/k', '/k/state'],
    [{ ...linux, env: { K1CTL_HOME: '' } }, '/home/amy/.config/k1ctl', '/home/amy/.local/state/k1ctl'],
    [
      { ...mac, env: {} },
      '/Users/amy/Library/Application Support/k1ctl',
      '/Users/amy/Library/Application Support/k1ctl/state',
    ],
    [{ ...win, env: {} }, roaming, 'C:\\Users\\amy\\AppData\\Local\\k1ctl'],
    [{ ...win, env: { APPDATA: 'D:\\r', LOCALAPPDATA: 'D:\\l' } }, 'D:\\r\\k1ctl', 'D:\\l\\k1ctl'],
    [{ ...win, env: { K1CTL_HOME: 'D:\\k' } }, 'D:\\k', 'D:\\k\\state'],
  ])('%j', (place, config, state) => {
    expect(findHome(place)).toEqual({ config, state })
  })
})

describe('environment', () => {
  test.each([
    ['datto-partner-portal', 'tenantId', 'K1CTL_DATTO_PARTNER_PORTAL_TENANT_ID'],
    ['bms', 'password', 'K1CTL_BMS_PASSWORD'],
    ['bms', 'baseURL', 'K1CTL_BMS_BASE_URL'],
    ['microsoft-365', 'clientSecret', 'K1CTL_MICROSOFT_365_CLIENT_SECRET'],
    ['x', 'APIKey2Use', 'K1CTL_X_API_KEY2_USE'],
  ])('%s %s is %s', (system, key, name) => {
    expect(environmentName(system, key)).toBe(name)
  })

  test('settings and secrets apart; empty counts as not set', () => {
    const field = (key: string, secret: boolean): SettingField => ({ key, label: key, secret, required: true })
    const fields = [field('host', false), field('tenantId', false), field('password', true), field('token', true)]
    const env = {
      K1CTL_BMS_HOST: 'https://bms.example',
      K1CTL_BMS_PASSWORD: 'from-the-environment-1',
      K1CTL_BMS_TOKEN: '',
      K1CTL_BMS_OTHER: 'x',
      K1CTL_GRAPHUS_TENANT_ID: 'y',
    }
    expect(fromEnvironment('bms', fields, env)).toEqual({
      settings: { host: 'https://bms.example' },
      secrets: { password: 'from-the-environment-1' },
    })
    expect(redact('is from-the-environment-1')).toBe('is [secret]')
  })
})

test.each([
  ['nortwhind', ['Northwind']],
  ['TRADERS', ['Northwind Traders']],
  ['zzz', []],
])('nearest to %s: %j', (text, found) => {
  expect(findNearest(text, ['Northwind', 'Northwind Traders', 'Contoso'])).toEqual(found)
})
