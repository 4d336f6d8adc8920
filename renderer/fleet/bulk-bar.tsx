import { Button, Group } from '@mantine/core'
import type { AccountStatus } from '../../src/contracts/fleet.ts'
import { ActionButton } from '../page/action-button.tsx'
import { mayRestart, mayStart, mayStop } from './bot-looks.ts'
import type { BulkVerb } from './bulk-outcomes.ts'
import { useBulk } from './bulk.tsx'

type BulkBarProps = Readonly<{ chosen: readonly AccountStatus[]; isOnline: boolean; onClear: () => void }>

/** What can be done to the accounts that were chosen. */
export function BulkBar({ chosen, isOnline, onClear }: BulkBarProps) {
  const { ask, busy } = useBulk()
  const ids = chosen.map(({ accountId }) => accountId)
  const common = (verb: BulkVerb, may: (state: AccountStatus['state']) => boolean) => {
    const able = chosen.filter(({ state }) => may(state)).map(({ accountId }) => accountId)
    return {
      ...{ size: 'compact-sm' as const, variant: 'light' as const },
      isBusy: busy?.verb === verb && busy.ids !== 'all',
      isOff: !isOnline || busy !== undefined || able.length === 0,
      onClick: () => ask({ verb, ids: able }),
    }
  }
  return (
    <section className="bulkBar" aria-label="Chosen accounts">
      <b className="figure" role="status">
        {ids.length === 1 ? '1 account chosen' : `${ids.length} accounts chosen`}
      </b>
      <Group gap={6} wrap="nowrap">
        <ActionButton {...common('start', mayStart)} word="Start" label="Start chosen" icon="play" color="teal" />
        <ActionButton {...common('stop', mayStop)} word="Stop" label="Stop chosen" icon="stop" color="red" />
        <ActionButton
          {...common('restart', mayRestart)}
          word="Restart"
          label="Restart chosen"
          icon="restart"
          color="blue"
        />
        <ActionButton
          {...common('flatten', mayStop)}
          word="Flatten"
          label="Flatten chosen"
          icon="flatten"
          color="red"
        />
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
          Clear
        </Button>
      </Group>
    </section>
  )
}
