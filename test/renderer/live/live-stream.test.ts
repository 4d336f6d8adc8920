import { onTestFinished, describe, expect, it, vi } from 'vitest'
import { createLauncherClient } from '../../../renderer/launcher/launcher-client.ts'
import { openLiveStream, type TopicPlan } from '../../../renderer/live/live-stream.ts'
import { applyLive } from '../../../renderer/fleet/fleet-view.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'

const FLEET: TopicPlan<ReturnType<typeof applyLive>> = { topic: 'fleet', initial: undefined, reduce: applyLive }
/** How often the whole was told, and what it said last. */
const MARKS: TopicPlan<readonly string[]> = {
  topic: 'kill-switch',
  initial: [],
  reduce: (told, event) =>
    event.type === 'kill-switch' ? [...told, event.marks.map(({ reason }) => reason).join()] : told,
}
const mark = (reason: string) => ({ scope: { kind: 'all' as const }, purpose: 'kill' as const, reason, at: 1 })

/** A page's stream over a launcher in this process. */
function open() {
  const launcher = fakeLauncher([accountStatus({ accountId: 'a' })])
  const client = createLauncherClient({
    url: 'http://127.0.0.1:4711/api',
    token: () => 'the-token',
    onUnauthorized: () => undefined,
    fetch: launcher.fetch,
  })
  let doubt = (): void => undefined
  const live = openLiveStream(client, Date.now, (listener) => {
    doubt = listener
    return () => undefined
  })
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const watch = <S>(plan: TopicPlan<S>) => {
    const followed = live.follow(plan)
    return { get: followed.get, end: followed.subscribe(() => undefined) }
  }
  return { launcher, live, watch, begin: () => live.run(end.signal), end: () => end.abort(), doubt: () => doubt() }
}

const positionOf = (accounts: ReturnType<typeof applyLive>) => accounts?.[0]?.position

describe('the live stream of a page', () => {
  it('tells one topic and then another without telling the first anew', async () => {
    const { launcher, watch, begin } = open()
    const fleet = watch(FLEET)
    void begin()
    await vi.waitFor(() => expect(fleet.get()).toHaveLength(1))
    const marks = watch(MARKS)
    await vi.waitFor(() => expect(marks.get()).toEqual(['']))
    launcher.change({ accountId: 'a', position: 3 })
    launcher.setMarks([mark('enough')])
    await vi.waitFor(() => expect(marks.get()).toEqual(['', 'enough']))
    await vi.waitFor(() => expect(positionOf(fleet.get())).toBe(3))
    expect(launcher.asked.lastEventIds.at(-1)).toContain('fleet=run-1')
  })

  it('loses nothing and tells nothing twice over a broken connection', async () => {
    const { launcher, live, watch, begin } = open()
    const [fleet, marks] = [watch(FLEET), watch(MARKS)]
    live.connection.subscribe(() => undefined)
    void begin()
    await vi.waitFor(() => expect(marks.get()).toEqual(['']))
    launcher.setDoor('down')
    await vi.waitFor(() => expect(live.connection.get().kind).toBe('stale'))
    launcher.change({ accountId: 'a', position: 7 })
    launcher.setDoor('open')
    await vi.waitFor(() => expect(positionOf(fleet.get())).toBe(7), { timeout: 5_000 })
    expect(live.connection.get().kind).toBe('online')
    expect(marks.get()).toEqual([''])
  })

  it('begins a topic anew that a page had forgotten', async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true })
    onTestFinished(() => void vi.useRealTimers())
    const { watch, begin } = open()
    const fleet = watch(FLEET)
    const marks = watch(MARKS)
    void begin()
    await vi.waitFor(() => expect(marks.get()).toEqual(['']))
    marks.end()
    await vi.advanceTimersByTimeAsync(3_000)
    const again = watch(MARKS)
    await vi.waitFor(() => expect(again.get()).toEqual(['']))
    expect(fleet.get()).toHaveLength(1)
  })

  it('is not taken for the present once nobody has looked', async () => {
    const { live, watch, begin, end } = open()
    const fleet = watch(FLEET)
    const running = begin()
    await vi.waitFor(() => expect(live.connection.get().kind).toBe('online'))
    end()
    await running
    expect(live.connection.get().kind).toBe('connecting')
    expect(fleet.get()).toHaveLength(1)
  })
})
