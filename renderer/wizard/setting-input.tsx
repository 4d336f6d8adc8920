import { Select, TextInput } from '@mantine/core'
import { rangeText, whyWrong, type SettingField } from './setting-fields.ts'

type SettingInputProps = Readonly<{
  field: SettingField
  value: string
  /** The account's currency, behind amounts. */
  currency: string
  onChange: (value: string) => void
}>

/** One setting: what it is called, what it does, within which limits, and what is wrong with what was typed. */
export function SettingInput({ field, value, currency, onChange }: SettingInputProps) {
  const { key, label, help, kind, choices, default: usual } = field
  const range = rangeText(field)
  const description = [help, range === '' ? '' : `${range}.`].filter((text) => text !== '').join(' ')
  if (kind === 'choice')
    return (
      <Select
        label={label}
        description={description}
        data={[...choices]}
        value={value === '' ? usual : value}
        allowDeselect={false}
        onChange={(chosen) => chosen !== null && onChange(chosen)}
        name={key}
      />
    )
  return (
    <TextInput
      label={label}
      description={description}
      placeholder={usual}
      value={value}
      error={whyWrong(field, value)}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
      inputMode={kind === 'text' ? 'text' : 'decimal'}
      {...(kind === 'money' && currency !== ''
        ? { rightSection: <span className="unit">{currency}</span>, rightSectionWidth: 52 }
        : {})}
      name={key}
      autoComplete="off"
    />
  )
}
