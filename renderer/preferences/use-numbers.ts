import { useMemo } from 'react'
import { formatMoney, formatNumber, type Money } from '../format/money.ts'
import { usePreferences } from './preferences-context.tsx'

export type Numbers = Readonly<{
  /** A decimal string with thousands apart. */
  number: (text: string) => string
  /** A gain or loss, signed. */
  money: (amount: string, currency: string) => Money
  /** An amount that is neither gain nor loss, e.g. what an account is worth. */
  amount: (amount: string, currency: string) => string
}>

/** Numbers written the way somebody chose. */
export function useNumbers(): Numbers {
  const { numbers } = usePreferences().preferences
  return useMemo(
    () => ({
      number: (text) => formatNumber(text, numbers),
      money: (amount, currency) => formatMoney(amount, currency, numbers),
      amount: (amount, currency) => `${formatNumber(amount, numbers)}${currency === '' ? '' : ` ${currency}`}`,
    }),
    [numbers],
  )
}
