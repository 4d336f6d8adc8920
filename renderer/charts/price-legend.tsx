import type { Times } from '../format/zoned-times.ts'
import { useNumbers } from '../preferences/use-numbers.ts'
import { fillMarks, markSentence } from './fill-markers.ts'
import { priceText, sessionDateAt, type PriceSeries } from './price-series.ts'

/** Fills told of one bar; a day may have dozens. */
const MOST_MARKS = 2

/** The figures of one bar: the newest, or the one under the pointer. */
export function PriceLegend({ series, bar, times }: { series: PriceSeries; bar: number; times: Times }) {
  const { number } = useNumbers()
  const { bars, about } = series
  const row = bars[Math.min(bar, bars.length - 1)]
  if (!row) return null
  const [at, open, high, low, close, volume, vwap, sigma] = row
  const price = (ticks: number) => number(priceText(ticks, about))
  const band = vwap === null || sigma === null ? undefined : about.bandSigma * sigma
  const marks = fillMarks(series).filter((mark) => mark.bar === bar)
  return (
    <div className="legend" data-sense={close >= open ? 'up' : 'down'}>
      <span className="legendTime">{sessionDateAt(series, at) ?? times.minute(at)}</span>
      <Figure name="O" value={price(open)} />
      <Figure name="H" value={price(high)} />
      <Figure name="L" value={price(low)} />
      <Figure name="C" value={price(close)} />
      <Figure name="Vol" value={number(String(Math.round(volume)))} />
      {vwap !== null && <Figure name="VWAP" value={price(vwap)} />}
      {vwap !== null && band !== undefined && (
        <Figure name="Bands" value={`${price(vwap - band)} – ${price(vwap + band)}`} />
      )}
      {marks.slice(0, MOST_MARKS).map((mark, n) => (
        <strong key={n}>{markSentence(mark, series)}</strong>
      ))}
      {marks.length > MOST_MARKS && <span className="legendName">and {marks.length - MOST_MARKS} more fills</span>}
    </div>
  )
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <span>
      <span className="legendName">{name}</span> {value}
    </span>
  )
}
