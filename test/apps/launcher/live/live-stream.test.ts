import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { getEventMeta } from '@orpc/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { LiveEvent } from '../../../../src/contracts/launcher/live.ts'
import { accountIdOf, addAccounts, launched, type Launched } from '../../../support/launched.ts'

describe('the live stream of a page', () => {
  let home: Launched
  beforeEach(async () => {
    home = await launched()
    await addAccounts(home, ['A1', 'A2'])
  })
  afterEach(() => home.close())

  const open = async (topics: string, lastEventId?: string, fresh = '') => {
    const end = new AbortController()
    const events = await home.client.api.live.stream({ topics, fresh }, { lastEventId, signal: end.signal })
    let id: string | undefined
    return {
      async until(isWanted: (event: LiveEvent) => boolean) {
        const seen: LiveEvent[] = []
        for (;;) {
          const { value } = await events.next()
          id = getEventMeta(value)?.id
          seen.push(value as LiveEvent)
          if (isWanted(value as LiveEvent)) return seen
        }
      },
      id: () => id,
      hangUp: () => end.abort(),
    }
  }
  const logFile = (id: string) => {
    const account = accountIdOf(id)
    mkdirSync(home.layout.logs(account), { recursive: true })
    return home.layout.log(account, '6E', 'paper')
  }
  const write = (id: string, ...texts: string[]) =>
    appendFileSync(logFile(id), texts.map((msg) => `${JSON.stringify({ level: 'info', event: 'x', msg })}\n`).join(''))
  const messages = (events: LiveEvent[]) =>
    events.flatMap((event) => (event.type === 'log' ? event.lines.map(({ message }) => message) : []))
  const says = (text: string) => (event: LiveEvent) => messages([event]).includes(text)

  it('tells the fleet whole, then what of it changes', async () => {
    const page = await open('fleet')
    const [first] = await page.until(({ type }) => type === 'fleet')
    expect(first).toMatchObject({ accounts: [{ accountId: 'A1', state: 'stopped', holder: { verdict: 'free' } }, {}] })
    await home.client.api.bots.start({ ids: ['A1'] })
    const seen = await page.until(
      (event) =>
        event.type === 'accounts' && [...event.rows, ...event.patches].some(({ state }) => state === 'trading'),
    )
    expect(seen.some(({ type }) => type === 'fleet')).toBe(false)
    page.hangUp()
  })

  it('carries logs of several accounts beside it, none in the other', async () => {
    write('A1', 'one of A1')
    write('A2', 'one of A2')
    const page = await open('fleet,log:A1,log:A2')
    await page.until(says('one of A2'))
    write('A1', 'two of A1')
    const seen = await page.until(says('two of A1'))
    expect(seen.filter(({ type }) => type === 'log').every((event) => event.type === 'log' && !event.begins)).toBe(true)
    expect(seen.some((event) => event.type === 'log' && event.topic === 'log:A2')).toBe(false)
    page.hangUp()
  })

  it('tells whose logs have grown, all of them first', async () => {
    write('A1', 'one')
    const page = await open('logs:A1:A2')
    const grown = async () => (await page.until(({ type }) => type === 'logs')).at(-1)
    expect(await grown()).toEqual({ type: 'logs', topic: 'logs:A1:A2', accountIds: ['A1', 'A2'] })
    write('A2', 'two')
    expect(await grown()).toEqual({ type: 'logs', topic: 'logs:A1:A2', accountIds: ['A2'] })
    page.hangUp()

    const again = await open('logs:A1:A2', page.id())
    expect(await again.until(({ type }) => type === 'logs')).toMatchObject([{ accountIds: ['A1', 'A2'] }])
    again.hangUp()
  })

  it('goes on in a log where it was after the launcher came back, and tells the fleet anew', async () => {
    write('A1', 'one', 'two')
    const before = await open('fleet,log:A1')
    await before.until(says('two'))
    before.hangUp()
    await home.relaunch()
    write('A1', 'three')
    const after = await open('fleet,log:A1', before.id())
    const seen = await after.until(says('three'))
    expect(messages(seen)).toEqual(['three'])
    // It may have been told before the log was read, or after.
    if (!seen.some(({ type }) => type === 'fleet')) await after.until(({ type }) => type === 'fleet')
    after.hangUp()
  })

  it('begins a log anew for a page that has forgotten it', async () => {
    write('A1', 'one')
    const before = await open('log:A1')
    await before.until(says('one'))
    before.hangUp()
    const after = await open('log:A1', before.id(), 'log:A1')
    expect(messages(await after.until(says('one')))).toEqual(['one'])
    after.hangUp()
  })

  it('tells of the kill switch, whoever throws it', async () => {
    const page = await open('kill-switch')
    expect(await page.until(() => true)).toEqual([{ type: 'kill-switch', marks: [] }])
    await home.client.api.killSwitch.engage({ all: true, reason: 'enough' })
    const [engaged] = await page.until((event) => event.type === 'kill-switch')
    expect(engaged).toMatchObject({ marks: [{ scope: { kind: 'all' }, reason: 'enough' }] })
    await home.client.api.killSwitch.release({ all: true })
    expect(await page.until((event) => event.type === 'kill-switch')).toEqual([{ type: 'kill-switch', marks: [] }])
    page.hangUp()
  })

  it('tells that a bot has crashed, with the reason', async () => {
    await addAccounts(home, ['A3'], 'crash-after-start')
    const page = await open('notices,records:A3')
    await page.until(({ type }) => type === 'notices')
    await home.client.api.bots.start({ ids: ['A3'] })
    const seen = await page.until((event) => event.type === 'notices' && event.notices.length > 0)
    expect(seen.at(-1)).toMatchObject({ notices: [{ accountId: 'A3', code: 'backing-off', level: 'warning' }] })
    expect(seen.some((event) => event.type === 'records' && event.accountId === 'A3')).toBe(true)
    page.hangUp()
    await home.client.api.bots.stop({ ids: ['A3'] })
  })

  it('tells that limits were edited past the launcher, of that account, and of an emergency, of all', async () => {
    const { layout } = home
    const [page, other] = [await open('records:A1'), await open('records:A2')]
    const isNews = ({ type }: LiveEvent) => type === 'records'
    await Promise.all([page.until(isNews), other.until(isNews)])
    appendFileSync(layout.settings(accountIdOf('A1')), '\n')
    expect((await page.until(isNews)).at(-1)).toEqual({ type: 'records', accountId: 'A1' })
    writeFileSync(layout.calendarFile, '{}')
    const [, heard] = await Promise.all([page.until(isNews), other.until(isNews)])
    expect(heard.filter(isNews)).toEqual([{ type: 'records', accountId: 'A2' }])
    page.hangUp()
    other.hangUp()
  })

  it('tells who starts to hold an account and lets go of it, and nothing of another one', async () => {
    const [page, other] = [await open('lock:A1'), await open('lock:A2')]
    const isNews = ({ type }: LiveEvent) => type === 'lock'
    await Promise.all([page.until(isNews), other.until(isNews)])
    await home.client.api.bots.start({ ids: ['A1'], wait: true })
    const heldNow = async () => {
      await page.until(isNews)
      return (await home.client.api.locks.show({ id: 'A1' })).held
    }
    while (!(await heldNow()));
    await home.client.api.bots.stop({ ids: ['A1'] })
    while (await heldNow());
    // Beats only, of an account that nobody touched.
    const seen = await other.until(({ type }) => type === 'beat')
    expect(seen.map(({ type }) => type)).toEqual(['beat'])
    page.hangUp()
    other.hangUp()
  })

  it('refuses the topic of an account it does not know, and goes on with the others', async () => {
    const page = await open('log:nobody,fleet')
    const seen = await page.until(({ type }) => type === 'topic-ended')
    expect(seen.at(-1)).toMatchObject({ topic: 'log:nobody', why: { code: 'account-unknown' } })
    page.hangUp()
  })

  it.each(['', 'weather', 'fleet,log:../A1'])('refuses what is no topic: %j', async (topics) => {
    await expect(home.client.api.live.stream({ topics })).rejects.toMatchObject({ refusal: { code: 'bad-usage' } })
  })
})
