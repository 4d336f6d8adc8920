import { Group, NumberInput, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { isFeedSpec, parseFeed } from '../../src/domain/feed/parse-feed.ts'
import type { StepProps } from './steps.ts'

const SPEEDS = [
  { value: '1x', label: 'As it happened' },
  { value: '60x', label: 'A minute a second (60x)' },
  { value: '600x', label: 'Ten minutes a second (600x)' },
  { value: 'max', label: 'As fast as it goes' },
]

type Parts = Readonly<{ kind: 'replay' | 'synthetic'; speed: string; from: string; to: string; seed: number }>

/** Where the bars come from that the strategy decides on. */
export function FeedInput({ draft, change, series }: Pick<StepProps, 'draft' | 'change' | 'series'>) {
  const parts = partsOf(draft.feed)
  const set = (next: Partial<Parts>) => {
    const all = { ...parts, ...next }
    // Made-up bars are one minute long.
    change({ ...draft, feed: textOf(all), ...(all.kind === 'synthetic' ? { timeframe: '1m' } : {}) })
  }
  const stored = series.find((one) => one.symbol === draft.symbol && one.timeframe === draft.timeframe)
  const speeds = SPEEDS.some(({ value }) => value === parts.speed)
    ? SPEEDS
    : [...SPEEDS, { value: parts.speed, label: parts.speed }]
  const parsed = parseFeed(draft.feed)
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={500} id="prices">
          Prices
        </Text>
        <SegmentedControl
          aria-labelledby="prices"
          mt={4}
          value={parts.kind}
          onChange={(kind) => set({ kind: kind === 'synthetic' ? 'synthetic' : 'replay' })}
          data={[
            { value: 'replay', label: 'Replay stored bars' },
            { value: 'synthetic', label: 'Made up' },
          ]}
        />
      </div>
      {parts.kind === 'synthetic' ? (
        <NumberInput
          label="Seed"
          description="The same seed makes the same prices."
          value={parts.seed}
          onChange={(seed) => set({ seed: Number(seed) || 0 })}
          min={0}
          max={0xffff_ffff}
          allowDecimal={false}
          maw={220}
        />
      ) : (
        <>
          <Group align="flex-end" gap="md">
            <Select
              label="Speed"
              data={speeds}
              value={parts.speed}
              allowDeselect={false}
              onChange={(speed) => speed !== null && set({ speed })}
            />
            <TextInput
              label="From (day, UTC)"
              placeholder={stored?.from?.slice(0, 10) ?? 'the first'}
              value={parts.from}
              onChange={(event) => set({ from: event.currentTarget.value.trim() })}
              w={150}
            />
            <TextInput
              label="To (day, UTC)"
              placeholder={stored?.to?.slice(0, 10) ?? 'the last'}
              value={parts.to}
              onChange={(event) => set({ to: event.currentTarget.value.trim() })}
              w={150}
            />
          </Group>
          <StoredText draft={draft} stored={stored} />
        </>
      )}
      {!isFeedSpec(parsed) && (
        <Text size="sm" c="var(--loss)" role="alert">
          {parsed.message} {parsed.nextStep}
        </Text>
      )}
    </Stack>
  )
}

function StoredText({ draft, stored }: { draft: StepProps['draft']; stored: StepProps['series'][number] | undefined }) {
  if (draft.symbol === '' || draft.symbol.includes(',')) return null
  return (
    <Text size="sm" c={stored ? 'dimmed' : 'var(--warn)'}>
      {stored
        ? `${stored.bars.toLocaleString('en')} bars of ${draft.symbol} are stored.`
        : `No ${draft.timeframe} bars of ${draft.symbol} are stored. Import some with: npx slipway data import FILE --symbol ${draft.symbol} --timeframe ${draft.timeframe}, or trade on made-up prices.`}
    </Text>
  )
}

/** The parts of a feed as typed; of one that can't be read, what there is of it. */
export function partsOf(feed: string): Parts {
  const [kind, first = '', ...rest] = feed.split(':')
  if (kind === 'synthetic') return { ...NO_PARTS, kind, seed: Number(first) || 0 }
  const [from = '', to = ''] = rest.join(':').split('..')
  return { ...NO_PARTS, speed: first || 'max', from, to }
}

export function textOf({ kind, speed, from, to, seed }: Parts): string {
  if (kind === 'synthetic') return `synthetic:${seed}`
  return from === '' && to === '' ? `replay:${speed}` : `replay:${speed}:${from}..${to}`
}

const NO_PARTS: Parts = { kind: 'replay', speed: '60x', from: '', to: '', seed: 1 }
