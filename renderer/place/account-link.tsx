import { Anchor } from '@mantine/core'
import { hashOf } from './place.ts'

/** The name of an account, leading to its page. */
export function AccountLink({ id }: { id: string }) {
  return (
    <Anchor inherit href={hashOf({ page: 'account', accountId: id, tab: undefined })}>
      {id}
    </Anchor>
  )
}
