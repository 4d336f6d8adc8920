import { Text } from '@mantine/core'
import { useNumbers } from '../preferences/use-numbers.ts'

const COLOR = { gain: 'var(--gain)', loss: 'var(--loss)', even: 'inherit' } as const

/** A gain or loss; the sign says which, the colour only repeats it. */
export function MoneyText({ amount, currency }: { amount: string; currency: string }) {
  const { text, sense } = useNumbers().money(amount, currency)
  return (
    <Text span inherit c={COLOR[sense]} className="figure">
      {text}
    </Text>
  )
}
