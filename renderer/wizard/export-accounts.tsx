import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { accountsFile } from '../../src/contracts/account-request.ts'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { saveFile } from '../page/save-file.ts'

/** Saves settings to a file, without secrets. */
export function ExportAccounts({ ids }: { ids: readonly string[] }) {
  const { client } = useLauncher()
  const save = useMutation({
    mutationFn: async () => {
      const settings = await Promise.all(ids.map((id) => client.accounts.show({ id })))
      const name = ids.length === 1 ? `slipway-account-${ids[0]}.json` : 'slipway-accounts.json'
      saveFile(name, 'application/json', `${JSON.stringify(accountsFile(settings), undefined, 2)}\n`)
    },
  })
  const failure = save.error ? describeFailure(save.error) : undefined
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={save.isPending}
      onClick={() => save.mutate()}
      title={failure ? `${failure.message} ${failure.nextStep}` : 'Settings as a file, without secrets'}
      color={failure ? 'red' : 'gray'}
    >
      {failure ? 'Export failed' : 'Export'}
    </Button>
  )
}
