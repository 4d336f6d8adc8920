import { request as httpRequest } from 'node:http'
import { getEventMeta } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectLauncher, connectLauncherByUrl } from '../../../src/adapters/launcher-client/connect-launcher.ts'
import type { FleetEvent } from '../../../src/contracts/fleet.ts'
import { addAccounts, launched, statusWhen, type Launched } from '../../support/launched.ts'

describe('the event stream', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
  })
  afterEach(() => home.close())

  const until = async (events: AsyncIterable<unknown>, isLast: (event: FleetEvent) => boolean) => {
    const seen: FleetEvent[] = []
    let lastEventId: string | undefined
    for await (const event of events) {
      seen.push(event as FleetEvent)
      lastEventId = getEventMeta(event)?.id
      if (isLast(event as FleetEvent)) break
    }
    return { seen, lastEventId }
  }
  const isState = (wanted: string) => (event: FleetEvent) => event.type === 'status' && event.account.state === wanted

  it('tells a bot’s way from start to end, after a snapshot', async () => {
    await addAccounts(home, ['A1'])
    const events = await home.client.api.events()
    const told = until(events, isState('stopped'))
    await home.client.api.bots.start({ ids: ['A1'], wait: true })
    await home.client.api.bots.stop({ ids: ['A1'] })
    const { seen } = await told
    expect(seen[0]).toMatchObject({ type: 'snapshot', accounts: [{ accountId: 'A1', state: 'stopped' }] })
    const states = seen.flatMap((event) => (event.type === 'status' ? [event.account.state] : []))
    expect(states).toContain('starting')
    expect(states.indexOf('trading')).toBeGreaterThan(states.indexOf('starting'))
  })

  it('goes on where a reader was, losing and repeating nothing', async () => {
    await addAccounts(home, ['A1'])
    const { lastEventId } = await until(await home.client.api.events(), ({ type }) => type === 'snapshot')
    // Nobody reads while this happens.
    await home.client.api.bots.start({ ids: ['A1'], wait: true })
    await addAccounts(home, ['A2'])
    const resumed = await home.client.api.events(undefined, { lastEventId })
    const { seen } = await until(resumed, (event) => event.type === 'status' && event.account.accountId === 'A2')
    expect(seen.map(({ type }) => type)).not.toContain('snapshot')
    expect(seen.some(isState('trading'))).toBe(true)
  })

  it('begins with a snapshot again after the launcher came back', async () => {
    await addAccounts(home, ['A1'])
    const { lastEventId } = await until(await home.client.api.events(), ({ type }) => type === 'snapshot')
    await home.relaunch()
    const resumed = await home.client.api.events(undefined, { lastEventId })
    expect((await until(resumed, () => true)).seen[0]).toMatchObject({ type: 'snapshot' })
  })

  it('tells that an account is gone', async () => {
    await addAccounts(home, ['A1'])
    const told = until(await home.client.api.events(), ({ type }) => type === 'removed')
    await home.client.api.accounts.remove({ id: 'A1' })
    expect((await told).seen.at(-1)).toEqual({ type: 'removed', accountId: 'A1' })
  })

  it('comes through the browser door as well', async () => {
    const page = await connectLauncherByUrl(home.launcher.freshUrl())
    const { seen } = await until(await page.api.events(), () => true)
    expect(seen[0]).toMatchObject({ type: 'snapshot' })
  })

  it('ends when its reader hangs up, and lets the launcher end', async () => {
    const hangUp = new AbortController()
    const events = await home.client.api.events(undefined, { signal: hangUp.signal })
    const first = await events.next()
    expect(first.value).toMatchObject({ type: 'snapshot' })
    const waiting = events.next()
    hangUp.abort()
    await expect(waiting).rejects.toBeDefined()
    await home.relaunch()
  })

  it('is not held up by a reader that does not read', async () => {
    await addAccounts(home, ['A1'])
    const silent = httpRequest({ socketPath: home.layout.launcherEndpoint, path: '/api/events', agent: false })
    silent.on('error', () => undefined)
    silent.on('response', (answer) => answer.pause())
    silent.end()
    const other = connectLauncher({ endpoint: home.layout.launcherEndpoint })
    for (let n = 0; n < 3; n++) {
      await other.api.bots.start({ ids: ['A1'], wait: true })
      await other.api.bots.stop({ ids: ['A1'] })
    }
    expect((await statusWhen(other, 'A1', ({ state }) => state === 'stopped')).state).toBe('stopped')
    silent.destroy()
  })
})
