import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { chooseCloudServer, cloudServerOf } from '../../../src/adapters/cloud/cloud-server.ts'
import { openHome } from '../../../src/adapters/home/open-home.ts'
import { CloudUrl, cloudUrlProblem } from '../../../src/contracts/cloud/choice.ts'
import { tempHome } from '../../support/temp-home.ts'

const KEYS = [{ kid: 'key-of-the-team', public_key: 'x' }]

describe('the cloud of an installation', () => {
  it('is the local one until another is chosen, and then that one', async () => {
    const layout = openHome(tempHome())
    expect(cloudServerOf(layout)).toEqual({ kind: 'local' })
    const team = { kind: 'team' as const, url: 'https://cloud.example', keys: KEYS }
    await chooseCloudServer(layout, team)
    expect(cloudServerOf(layout)).toEqual(team)
    if (process.platform !== 'win32') expect(statSync(layout.cloudFile).mode & 0o077).toBe(0)
    await chooseCloudServer(layout, { kind: 'none' })
    expect(cloudServerOf(layout)).toEqual({ kind: 'none' })
  })

  it('is none where the choice can not be read: nothing may go to another server', () => {
    const layout = openHome(tempHome())
    const unreadable = [
      '',
      '{',
      'null',
      '{"version":2,"server":{"kind":"local"}}',
      '{"version":1,"server":{"kind":"moon"}}',
    ]
    const plain =
      '{"version":1,"server":{"kind":"team","url":"http://cloud.example","keys":[{"kid":"12345678","public_key":"x"}]}}'
    for (const text of [...unreadable, plain]) {
      writeFileSync(layout.cloudFile, text)
      expect(cloudServerOf(layout)).toMatchObject({ kind: 'none', problem: { code: 'setting-invalid' } })
    }
  })

  it('is none where a folder stands in the place of the choice', () => {
    const layout = openHome(tempHome())
    mkdirSync(layout.cloudFile)
    expect(cloudServerOf(layout).kind).toBe('none')
  })
})

describe('the address of a cloud', () => {
  it('is encrypted, or on this very computer', () => {
    for (const url of [
      'https://a.example',
      'https://a.example:8443/slipway',
      'http://127.0.0.1:80',
      'http://[::1]:1',
      'http://localhost',
    ])
      expect([url, cloudUrlProblem(url)]).toEqual([url, undefined])
    for (const url of [
      ...['http://a.example', 'http://127.0.0.1.a.example', 'http://localhost.a.example', 'http://10.0.0.1'],
      ...[
        'https://me:pw@a.example',
        'https://a.example/?q',
        'https://a.example/#f',
        'https://',
        'a.example',
        'ftp://a',
      ],
      ...['https://a.example/ x', 'http://127.0.0.1@a.example', 'https://a.example\r\nx: y'],
    ])
      expect([url, typeof cloudUrlProblem(url)]).toEqual([url, 'string'])
    expect(CloudUrl.parse(' https://a.example/ ')).toBe('https://a.example')
  })
})
