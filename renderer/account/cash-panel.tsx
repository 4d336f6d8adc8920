import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { CashReport } from '../../src/contracts/cash-request.ts'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { useReadAgain } from '../live/use-read-again.ts'
import { NoticePanel } from '../page/notice-panel.tsx'
import { usePageVisible } from '../page/use-page-visible.ts'
import { useNumbers } from '../preferences/use-numbers.ts'
import { useTimes } from '../preferences/use-times.ts'
import { CashForm } from './cash-form.tsx'

/** Bots compare books this often although nothing is new; what the broker says may change with it. */
const READ_AGAIN_MS = 30_000

/** Cash in the books and at the broker; where they differ, a way to say what the difference was. */
export function CashPanel({ account }: { account: AccountStatus }) {
  const { client } = useLauncher()
  const isVisible = usePageVisible()
  const { accountId } = account
  const { data, error, refetch } = useQuery({
    queryKey: ['cash', accountId],
    queryFn: ({ signal }) => client.cash.show({ id: accountId }, { signal }),
    refetchInterval: isVisible ? READ_AGAIN_MS : false,
  })
  useReadAgain(accountId, refetch)
  if (error)
    return <NoticePanel title="Cash can't be shown" why={describeFailure(error)} onRetry={() => void refetch()} />
  if (!data) return null
  const { broker } = data
  const isBookable = broker !== null && Number(broker.difference) !== 0 && data.closed === null
  return (
    <div className="cash" role="group" aria-label="Cash">
      <CashText report={data} symbol={account.symbol} />
      {isBookable && (
        <CashForm
          key={broker.difference}
          accountId={accountId}
          difference={broker.difference}
          currency={data.currency}
          onAnswer={() => void refetch()}
        />
      )}
    </div>
  )
}

function CashText({ report, symbol }: { report: CashReport; symbol: string }) {
  const { amount } = useNumbers()
  const { minute, zoneName } = useTimes(symbol)
  const { cash, broker, currency } = report
  if (cash === null) return null
  const books = `Cash is ${amount(cash, currency)} in the books`
  if (broker === null) return <Text size="sm">{books}; what the broker has is asked while the bot runs.</Text>
  const asked = `(asked ${minute(broker.askedAt)} ${zoneName})`
  const differs = Number(broker.difference) === 0 ? '' : `: ${amount(broker.difference, currency)} apart`
  return (
    <Text size="sm">
      {books} and {amount(broker.cash, currency)} at the broker {asked}
      {differs}.
    </Text>
  )
}
