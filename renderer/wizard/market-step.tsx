import { Alert, Autocomplete, Select, SimpleGrid, Stack, Text } from '@mantine/core'
import { isInstrument, listInstruments, resolveInstrument } from '../../src/domain/instrument/catalogue.ts'
import { withStrategy, withValue } from './draft.ts'
import { FeedInput } from './feed-input.tsx'
import { SettingGroup } from './setting-group.tsx'
import { parameterFields } from './setting-fields.ts'
import type { StepProps } from './steps.ts'

/** Daily bars can't be traded, and made-up ones are of one minute. */
const timeframesOf = (feed: string) => (feed.startsWith('synthetic') ? ['1m'] : ['1m', '5m', '15m', '1h'])

/** What is traded, on which prices, by which strategy. */
export function MarketStep({ draft, change, strategies, series, currency }: StepProps) {
  const strategy = strategies.find(({ id }) => id === draft.strategy)
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }} maw={900}>
        <Autocomplete
          label="Symbol"
          description="A future by root or month (ES, ESZ6), a share, an index. Several with commas between."
          data={symbolChoices(series.map(({ symbol }) => symbol))}
          value={draft.symbol}
          onChange={(symbol) => change({ ...draft, symbol })}
          error={draft.symbol === '' ? undefined : whyNoSymbol(draft.symbol)}
          required
          limit={30}
          data-autofocus
        />
        <Select
          label="Timeframe"
          description="Span of a bar; the strategy decides once per bar."
          data={timeframesOf(draft.feed)}
          value={draft.timeframe}
          allowDeselect={false}
          onChange={(timeframe) => timeframe !== null && change({ ...draft, timeframe })}
        />
      </SimpleGrid>
      <FeedInput draft={draft} change={change} series={series} />
      <Select
        label="Strategy"
        description="What decides. Your own stand in the strategies folder of your Slipway folder."
        data={strategies.map(({ id, title, kind }) => ({
          value: id,
          label: `${title} (${kind === 'plug-in' ? 'your own' : 'built in'})`,
        }))}
        value={draft.strategy}
        allowDeselect={false}
        onChange={(id) => id !== null && change(withStrategy(draft, id))}
        maw={680}
      />
      {strategy?.problem && (
        <Alert color="red" title={`${strategy.title} can't be used now.`}>
          {strategy.problem.message} {strategy.problem.nextStep}
        </Alert>
      )}
      {strategy && !strategy.problem && (
        <section aria-label={`Parameters of ${strategy.title}`}>
          {strategy.parameters.length === 0 ? (
            <Text size="sm" c="dimmed">
              This strategy has no parameters.
            </Text>
          ) : (
            <SettingGroup
              fields={parameterFields(strategy)}
              values={draft.values}
              currency={currency}
              onChange={(key, value) => change(withValue(draft, key, value))}
            />
          )}
        </section>
      )}
    </Stack>
  )
}

/** What there are prices of first. */
function symbolChoices(stored: readonly string[]) {
  const known = listInstruments().map(({ symbol }) => symbol)
  return [
    ...(stored.length > 0 ? [{ group: 'With stored prices', items: [...new Set(stored)] }] : []),
    { group: 'Known', items: known.filter((symbol) => !stored.includes(symbol)) },
  ]
}

/** A month or an instrument of the user's own is unknown here and may still be right: only what can't be is said. */
function whyNoSymbol(text: string): string | undefined {
  const symbols = text.split(',').map((one) => one.trim())
  if (symbols.includes('') && !text.endsWith(',')) return 'There is nothing between two commas.'
  for (const symbol of symbols.filter((one) => one !== '')) {
    const found = resolveInstrument(symbol)
    if (!isInstrument(found)) return `${found.message} ${found.nextStep}`
  }
  return undefined
}
