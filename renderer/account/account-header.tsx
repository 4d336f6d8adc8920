import { Alert, Anchor, Group, Progress, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { ModeBadge, StateBadge } from '../fleet/state-badge.tsx'
import { formatPosition } from '../format/money.ts'
import { MoneyText } from '../format/money-text.tsx'
import { Icon } from '../page/icon.tsx'
import { hashOf } from '../place/place.ts'
import { useTimes } from '../preferences/use-times.ts'
import { AccountButtons } from './account-buttons.tsx'
import { Age } from './age.tsx'

type AccountHeaderProps = Readonly<{ account: AccountStatus; isOnline: boolean }>

/** What must be seen at a glance: state, mode, what is held, what it makes, how fresh its prices are. */
export function AccountHeader({ account, isOnline }: AccountHeaderProps) {
  const { accountId, mode, state, stateReason, userId, symbol, strategy, broker } = account
  const isReadable = userId !== ''
  return (
    <section className="accountHeader" data-mode={isReadable ? mode : undefined} aria-label={`Account ${accountId}`}>
      {isReadable && mode === 'live' && (
        <div className="liveBand">
          <Icon name="live" size={14} /> Live account: this is real money
        </div>
      )}
      <Group justify="space-between" gap="sm" className="accountTitle">
        <Group gap="sm">
          <Title order={2} size="h4" className="accountName">
            {accountId}
          </Title>
          <ModeBadge mode={isReadable ? mode : undefined} />
          <StateBadge state={state} />
          <Text size="sm" c="dimmed">
            {isReadable ? `${symbol} · ${strategy} · ${broker}` : 'Its settings can not be read'}
          </Text>
        </Group>
        <AccountButtons account={account} isOnline={isOnline} />
      </Group>
      <Figures account={account} />
      {stateReason && state !== 'crashed' && (
        <Text size="sm" className="accountWhy">
          <b>{reasonWord(account)}:</b> {REASONS[stateReason] ?? stateReason}
        </Text>
      )}
      <Trouble account={account} />
    </section>
  )
}

/** Why a bot ended, where that is told by a word. */
const REASONS: Readonly<Record<string, string>> = {
  requested: 'it was asked to stop.',
  flattened: 'a bot that was started to close everything has done so.',
  'feed-ended': 'the feed has no more bars. Start takes it up again when there are new ones.',
  fenced: 'another bot took the account over.',
  refused: 'its start was refused; the last error says why.',
}

function reasonWord({ state }: AccountStatus): string {
  if (state === 'blocked') return 'No entries'
  if (state === 'blind') return 'No prices'
  return state === 'stopped' ? 'Stopped' : 'Why'
}

function Figures({ account }: { account: AccountStatus }) {
  const { currency, todayPnl, realizedPnl, unrealizedPnl, tradesToday, lastBarAt, startedAt, lossLimitUsed } = account
  return (
    <dl className="figures">
      <Figure name="Position">{positionText(account)}</Figure>
      <Figure name="Open P&L">
        <MoneyText amount={unrealizedPnl} currency={currency} />
      </Figure>
      {todayPnl !== undefined && (
        <Figure name="P&L today">
          <MoneyText amount={todayPnl} currency={currency} />
        </Figure>
      )}
      <Figure name="Realised P&L">
        <MoneyText amount={realizedPnl} currency={currency} />
      </Figure>
      <Figure name="Trades today">{tradesToday}</Figure>
      {lossLimitUsed && (
        <Figure name="Loss limit used">
          <LossLimit share={lossLimitUsed.share} />
        </Figure>
      )}
      <Figure name="Last bar">{lastBarAt ? <LastBar account={account} at={lastBarAt} /> : 'none yet'}</Figure>
      <Figure name="Up for">{startedAt && account.pid !== null ? <Age since={startedAt} /> : '–'}</Figure>
    </dl>
  )
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function positionText({ position, symbol, holdings }: AccountStatus): string {
  const held = (holdings ?? []).filter(({ quantity }) => quantity !== 0)
  const first = symbol.split(',')[0]
  if (held.length === 0) return position === 0 ? 'Flat' : `${formatPosition(position)} ${first}`
  return held.map((one) => `${formatPosition(one.quantity)} ${one.symbol}`).join(', ')
}

function LossLimit({ share }: { share: number }) {
  const percent = Math.round(share * 100)
  return (
    <span className="lossLimit">
      {percent} %{share >= 1 && <b> reached</b>}
      <Progress
        value={Math.min(100, percent)}
        size="xs"
        w={64}
        color={share >= 0.8 ? 'red' : share >= 0.5 ? 'orange' : 'teal'}
        aria-label={`${percent} % of the loss limit used`}
      />
    </span>
  )
}

/** Bars of a replay have times of their own: their age says nothing. */
function LastBar({ account, at }: { account: AccountStatus; at: string }) {
  const times = useTimes(account.symbol)
  const isReplay = account.feed === undefined || account.feed === 'replay'
  return (
    <span title={`${times.second(at)} ${times.zoneName}`}>
      {isReplay ? `${times.minute(at)} ${times.zoneName}` : <Age since={at} suffix=" ago" />}
    </span>
  )
}

/** A crash is offered a restart, the last error of any other state a place to look further. */
function Trouble({ account }: { account: AccountStatus }) {
  const { accountId, state, lastError } = account
  const log = (
    <Anchor inherit href={hashOf({ page: 'account', accountId, tab: 'log' })}>
      its log
    </Anchor>
  )
  if (state === 'crashed')
    return (
      <Alert color="red" variant="light" py="xs" title={`${accountId} has crashed`} icon={<Icon name="crashed" />}>
        <Text size="sm">{lastError ?? account.stateReason ?? 'It ended without saying why.'}</Text>
        <Text size="sm" mt={4}>
          <b>Next:</b> look at {log}, then press Start again. It compares its books with the broker before it trades.
          {account.mode === 'live' && ' Stops and targets at the broker stand meanwhile.'}
        </Text>
      </Alert>
    )
  if (lastError === null) return null
  return (
    <Text size="sm" className="accountError">
      <Icon name="crashed" size={13} />
      <span>
        <b>Last error:</b> {lastError} <b>Next:</b> see {log} around it.
      </span>
    </Text>
  )
}
