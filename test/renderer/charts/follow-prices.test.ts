import { describe, expect, it, onTestFinished } from 'vitest'
import { followPrices, type PriceFollower, type PriceView } from '../../../renderer/charts/follow-prices.ts'
import { createLauncherClient } from '../../../renderer/launcher/launcher-client.ts'
import { chartBar, chartFill, fakeChart } from '../../support/fake-account-book.ts'
import { accountStatus } from '../../support/account-rows.ts'
import { fakeLauncher } from '../../support/fake-launcher.ts'

function following(bars: number) {
  const launcher = fakeLauncher([accountStatus()])
  const chart = fakeChart(bars)
  launcher.book.charts.set('A1', chart)
  const client = createLauncherClient({
    ...{ url: 'http://127.0.0.1:4711/api', token: () => 'the-token', onUnauthorized: () => undefined },
    fetch: launcher.fetch,
  })
  const follower = followPrices(client, { accountId: 'A1', symbol: undefined, timeframe: undefined }, 0)
  onTestFinished(follower.open())
  return { launcher, chart, follower }
}

type Ready = Extract<PriceView, { phase: 'ready' }>

/** Waits until what is followed is as it should be. */
function until(follower: PriceFollower, isSo: (view: Ready) => boolean): Promise<Ready> {
  return new Promise((resolve) => {
    const look = () => {
      const view = follower.get()
      if (view.phase === 'ready' && isSo(view)) resolve(view)
    }
    onTestFinished(follower.subscribe(look))
    look()
  })
}

describe('prices that are followed', () => {
  it('are read whole once, then only from the last bar on', async () => {
    const { launcher, chart, follower } = following(10)
    follower.refresh()
    await until(follower, ({ series }) => series.bars.length === 10)
    chart.bars.push(chartBar(10), chartBar(11))
    chart.fills.push(chartFill(10))
    follower.refresh()
    const { series } = await until(follower, (view) => view.series.bars.length === 12)
    expect(series.fills.map(({ fillId }) => fillId)).toEqual(['F10'])
    expect(launcher.book.asked.at(-1)).toMatchObject({ from: 9 * 60_000 })
  })

  it('begin where the newest are, and older ones come when somebody looks for them', async () => {
    const { follower } = following(1_000)
    follower.refresh()
    const first = await until(follower, ({ series }) => series.bars.length === 600)
    expect(first.series.older).toBe(true)
    follower.readOlder()
    const { series } = await until(follower, (view) => view.series.bars.length === 1_000)
    expect(series.older).toBe(false)
    expect(series.bars[0]?.[0]).toBe(0)
  })

  it('stay while the launcher is away, and say so', async () => {
    const { launcher, follower } = following(3)
    follower.refresh()
    await until(follower, () => true)
    launcher.setDoor('down')
    follower.refresh()
    const { series, trouble } = await until(follower, (view) => view.trouble !== undefined)
    expect(series.bars).toHaveLength(3)
    expect(trouble?.code).toBe('launcher-unreachable')
    launcher.setDoor('open')
    follower.refresh()
    await until(follower, (view) => view.trouble === undefined)
  })

  it('are refused with a reason where they never came', async () => {
    const { launcher, follower } = following(3)
    launcher.setDoor('down')
    const refused = new Promise<PriceView>((resolve) =>
      onTestFinished(follower.subscribe(() => resolve(follower.get()))),
    )
    follower.refresh()
    expect(await refused).toMatchObject({ phase: 'refused', why: { code: 'launcher-unreachable' } })
  })
})
