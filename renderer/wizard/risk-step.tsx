import { Stack, Text } from '@mantine/core'
import { withPreset, withValue } from './draft.ts'
import { SettingGroup } from './setting-group.tsx'
import { CLOUD_FIELDS, FIRST_RISK_KEYS, RISK_FIELDS, SIMULATION_FIELDS } from './setting-fields.ts'
import type { StepProps } from './steps.ts'

/** What the account may lose and do, and what the simulated broker takes. */
export function RiskStep({ draft, change, currency }: StepProps) {
  const set = (key: string, value: string) =>
    change(key === 'risk.preset' ? withPreset(draft, value) : withValue(draft, key, value))
  const preset = draft.values['risk.preset'] ?? 'none'
  return (
    <Stack gap="lg">
      <section aria-labelledby="limits">
        <h3 id="limits" className="panelTitle" style={{ padding: 0 }}>
          Limits
        </h3>
        <Text size="sm" c="dimmed" mb="sm">
          {preset === 'none' || preset === ''
            ? 'What is left empty takes the default that fits the symbol. 0 or none: no such limit.'
            : 'The limits of this rule set apply. What you set beside it may only be stricter.'}
        </Text>
        <SettingGroup
          fields={RISK_FIELDS}
          first={FIRST_RISK_KEYS}
          values={draft.values}
          currency={currency}
          onChange={set}
        />
      </section>
      {draft.broker === 'sim' && (
        <section aria-labelledby="simulation">
          <h3 id="simulation" className="panelTitle" style={{ padding: 0 }}>
            Simulated broker
          </h3>
          <SettingGroup
            fields={SIMULATION_FIELDS}
            first={['simulation.startingCash', 'simulation.commissionPerLot', 'simulation.slippageTicks']}
            values={draft.values}
            currency={currency}
            onChange={set}
          />
        </section>
      )}
      <section aria-labelledby="shared">
        <h3 id="shared" className="panelTitle" style={{ padding: 0 }}>
          Shared experience
        </h3>
        <Text size="sm" c="dimmed" mb="sm">
          What other trades like this one came to can make an entry smaller or turn it down, never more than that.
          Others are told of its entries only if you want that.
        </Text>
        <SettingGroup fields={CLOUD_FIELDS} values={draft.values} currency={currency} onChange={set} />
      </section>
    </Stack>
  )
}
