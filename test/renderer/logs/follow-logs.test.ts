import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createLauncherClient } from '../../../renderer/launcher/launcher-client.ts'
import { openLiveStream } from '../../../renderer/live/live-stream.ts'
import { followLogs } from '../../../renderer/logs/follow-logs.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'
import { withLogs } from '../../support/fake-logs.ts'
import { ownLine } from '../../support/log-lines.ts'

/** Who follows logs of anna and ben, in the stream of a page. */
function follow(...accountIds: string[]) {
  const launcher = withLogs(fakeLauncher([accountStatus({ accountId: 'anna' })]), ['anna', 'ben'])
  const client = createLauncherClient({
    url: 'http://127.0.0.1:4711/api',
    token: () => 'the-token',
    onUnauthorized: () => undefined,
    fetch: launcher.fetch,
  })
  const live = openLiveStream(client, Date.now, () => () => undefined)
  const end = new AbortController()
  onTestFinished(() => end.abort())
  const follower = { onChange: vi.fn<() => void>(), onLost: vi.fn<() => void>(), onRefused: vi.fn<() => void>() }
  followLogs(live, accountIds, follower, end.signal)
  void live.run(end.signal)
  return { launcher, ...follower, end: () => end.abort() }
}

describe('who follows logs', () => {
  it('is told at first, when one of them grows, and in the one stream that the page has', async () => {
    const { launcher, onChange, onLost, onRefused } = follow('ben', 'anna')
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1))
    launcher.log('ben', ownLine(1))
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2))
    expect([onLost.mock.calls.length, onRefused.mock.calls.length]).toEqual([0, 0])
    expect(launcher.asked.lastEventIds).toHaveLength(1)
    expect(launcher.logsAsked).toEqual([])
  })

  it('is told that nobody is heard, and to look again when somebody is', async () => {
    const { launcher, onChange, onLost } = follow('anna')
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1))
    launcher.setDoor('down')
    await vi.waitFor(() => expect(onLost).toHaveBeenCalled())
    expect(onLost).toHaveBeenCalledWith(expect.objectContaining({ code: 'launcher-unreachable' }))
    launcher.setDoor('open')
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(2), 5_000)
  })

  it('is refused the logs of an account that is not there', async () => {
    const { onChange, onRefused } = follow('anna', 'carl')
    await vi.waitFor(() => expect(onRefused).toHaveBeenCalledWith(expect.objectContaining({ code: 'bad-usage' })))
    expect(onChange).not.toHaveBeenCalled()
  })

  it('hears nothing more when it has gone', async () => {
    const { launcher, onChange, end } = follow('anna')
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1))
    end()
    launcher.log('anna', ownLine(1))
    await new Promise((resolve) => setTimeout(resolve, 700))
    expect(onChange).toHaveBeenCalledTimes(1)
  })
})
