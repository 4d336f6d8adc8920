import { useQuery } from '@tanstack/react-query'
import { isInstrument, resolveInstrument } from '../../src/domain/instrument/catalogue.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

/** What the form offers: strategies with their parameters, and which bars there are. */
export function useFormFacts() {
  const { client } = useLauncher()
  return useQuery({
    queryKey: ['account-form'],
    async queryFn({ signal }) {
      const [strategies, series, accounts] = await Promise.all([
        client.strategies.list(undefined, { signal }),
        client.data.list(undefined, { signal }),
        client.accounts.list(undefined, { signal }),
      ])
      return { strategies, series, accounts }
    },
    staleTime: 5_000,
  })
}

/** Currency an account on this symbol counts in; empty where the symbol is not known here. */
export function currencyOf(symbol: string): string {
  const first = symbol.split(',')[0]?.trim() ?? ''
  if (first === '') return ''
  const found = resolveInstrument(first)
  return isInstrument(found) ? found.currency.code : ''
}
