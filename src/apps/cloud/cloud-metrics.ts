/** Upper bounds of the buckets of durations, seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] as const

export type Gauge = Readonly<{ name: string; help: string; value: number; kind?: 'gauge' | 'counter' }>

/** Notes one answer of a route. */
export type RouteMetrics = (status: number, seconds: number) => void

/** What has been asked of this instance since it started, in the text format that Prometheus reads. */
export type CloudMetrics = Readonly<{
  /** @param path as declared, never the one that was asked for: those are without number */
  route(path: string): RouteMetrics
  text(gauges: readonly Gauge[]): string
}>

type Histogram = { buckets: number[]; sum: number; count: number }

export function openMetrics(): CloudMetrics {
  const requests = new Map<string, Map<number, number>>()
  const durations = new Map<string, Histogram>()
  return {
    route(path) {
      // Two methods of one path are one line.
      const byStatus = requests.get(path) ?? new Map<number, number>()
      const histogram = durations.get(path) ?? { buckets: BUCKETS.map(() => 0), sum: 0, count: 0 }
      requests.set(path, byStatus)
      durations.set(path, histogram)
      return (status, seconds) => {
        byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
        histogram.sum += seconds
        histogram.count++
        let at = 0
        while (at < BUCKETS.length && seconds > BUCKETS[at]!) at++
        if (at < BUCKETS.length) histogram.buckets[at]!++
      }
    },
    text: (gauges) =>
      [
        ...head('slipway_requests_total', 'Requests by route and status.', 'counter'),
        ...[...requests].flatMap(([route, byStatus]) =>
          [...byStatus].map(([status, n]) => `slipway_requests_total{route="${route}",status="${status}"} ${n}`),
        ),
        ...head('slipway_request_duration_seconds', 'Time until the answer.', 'histogram'),
        ...[...durations].flatMap(([route, histogram]) =>
          histogram.count > 0 ? histogramLines(route, histogram) : [],
        ),
        ...gauges.flatMap(({ name, help, value, kind = 'gauge' }) => [...head(name, help, kind), `${name} ${value}`]),
        '',
      ].join('\n'),
  }
}

const head = (name: string, help: string, kind: string) => [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`]

function histogramLines(route: string, { buckets, sum, count }: Histogram): string[] {
  const name = 'slipway_request_duration_seconds'
  let upTo = 0
  return [
    ...BUCKETS.map((bound, at) => `${name}_bucket{route="${route}",le="${bound}"} ${(upTo += buckets[at]!)}`),
    `${name}_bucket{route="${route}",le="+Inf"} ${count}`,
    `${name}_sum{route="${route}"} ${sum}`,
    `${name}_count{route="${route}"} ${count}`,
  ]
}
