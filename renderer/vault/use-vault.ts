import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { VaultStatus } from '../../src/contracts/launcher/vault.ts'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

const VAULT = ['vault']

/** What the vault says of itself; read again when somebody comes back to the page. */
export function useVault() {
  const { client } = useLauncher()
  return useQuery({
    queryKey: VAULT,
    queryFn: ({ signal }) => client.vault.status({}, { signal }),
    refetchOnWindowFocus: true,
  })
}

/** Whether this computer has a keychain. Asking may show the system's own question, so it is asked where one chooses. */
export function useKeychain() {
  const { client } = useLauncher()
  return useQuery({
    queryKey: [...VAULT, 'keychain'],
    queryFn: async ({ signal }) => (await client.vault.status({ lookForKeychain: true }, { signal })).keychain,
    staleTime: 60_000,
  })
}

/** Does something to the vault; what it then says is shown at once. What was typed is not kept. */
export function useVaultAction<Input>(act: (client: LauncherClient, input: Input) => Promise<VaultStatus>) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => act(client, input),
    onSuccess: (status) => queries.setQueryData<VaultStatus>(VAULT, status),
    gcTime: 0,
  })
}
