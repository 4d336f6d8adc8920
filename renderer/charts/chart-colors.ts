/** Colours of a chart: those of the page, read from it, because a canvas knows no CSS variables. */
export type ChartColors = Readonly<{
  text: string
  quiet: string
  line: string
  grid: string
  surface: string
  up: string
  down: string
  vwap: string
  band: string
  bandFill: string
  entry: string
  warn: string
  volume: string
}>

export function chartColors(element: Element): ChartColors {
  const style = getComputedStyle(element)
  const of = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback
  return {
    text: of('--mantine-color-text', '#000'),
    quiet: of('--quiet', '#666'),
    line: of('--line', '#ccc'),
    grid: of('--chart-grid', '#eee'),
    surface: of('--surface', '#fff'),
    up: of('--chart-up', '#0b7a5b'),
    down: of('--chart-down', '#c0392b'),
    vwap: of('--chart-vwap', '#1971c2'),
    band: of('--chart-band', '#74a9d8'),
    bandFill: of('--chart-band-fill', 'rgba(25,113,194,0.06)'),
    entry: of('--mark', '#0c8599'),
    warn: of('--warn', '#a85000'),
    volume: of('--chart-volume', 'rgba(120,130,140,0.35)'),
  }
}
