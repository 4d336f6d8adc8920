import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { LauncherClient } from '../launcher/launcher-client.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'

const CLOUD = ['cloud']
const AGAIN_MS = 15_000
/** A local cloud needs a moment to start. */
const STARTING_MS = 1_000

/** Cloud, licences and what waits, looked at again while the page is open. */
export function useCloud() {
  const { client } = useLauncher()
  return useQuery({
    queryKey: CLOUD,
    queryFn: ({ signal }) => client.cloud(undefined, { signal }),
    refetchInterval: ({ state }) => (state.data?.server.local === 'starting' ? STARTING_MS : AGAIN_MS),
  })
}

/** Does something about cloud or licence; what stands then is read again. What was typed is not kept. */
export function useCloudAction<Answer, Input = void>(act: (client: LauncherClient, input: Input) => Promise<Answer>) {
  const { client } = useLauncher()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (input: Input) => act(client, input),
    onSuccess: () => queries.invalidateQueries({ queryKey: CLOUD }),
    gcTime: 0,
  })
}
