import { Button, SimpleGrid } from '@mantine/core'
import { useState } from 'react'
import type { SettingField } from './setting-fields.ts'
import { SettingInput } from './setting-input.tsx'

type SettingGroupProps = Readonly<{
  fields: readonly SettingField[]
  values: Readonly<Record<string, string>>
  currency: string
  onChange: (key: string, value: string) => void
  /** Shown at once; the others behind a click. All when left out. */
  first?: readonly string[]
}>

/** Settings side by side. One that was set is always in view. */
export function SettingGroup({ fields, values, currency, onChange, first }: SettingGroupProps) {
  const [isOpen, setOpen] = useState(false)
  const isShown = ({ key, default: usual }: SettingField) =>
    isOpen || !first || first.includes(key) || !['', usual].includes(values[key] ?? '')
  const hidden = fields.filter((field) => !isShown(field)).length
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" verticalSpacing="sm">
        {fields.filter(isShown).map((field) => (
          <SettingInput
            key={field.key}
            field={field}
            value={values[field.key] ?? ''}
            currency={currency}
            onChange={(value) => onChange(field.key, value)}
          />
        ))}
      </SimpleGrid>
      {(hidden > 0 || (isOpen && first)) && (
        <Button variant="subtle" size="compact-sm" mt="sm" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
          {isOpen ? 'Fewer settings' : `${hidden} more settings`}
        </Button>
      )}
    </>
  )
}
