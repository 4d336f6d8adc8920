import type { CloudClient, CloudContact } from './ask.ts'
import type { CloudClientParts } from './open-cloud-client.ts'

const UNASKED: CloudContact = {
  ...{ circuit: 'closed', restMs: 0, lastAnswerAt: undefined, lastTrouble: undefined, lastTroubleAt: 0 },
}

/** A client whose machinery is loaded with the first question: whoever starts does not wait for it. */
export function lateCloudClient(parts: CloudClientParts): CloudClient {
  let client: CloudClient | undefined
  let loading: Promise<CloudClient> | undefined
  let isClosed = false
  const load = async () => {
    const { openCloudClient } = await import('./open-cloud-client.ts')
    client = openCloudClient(parts)
    if (isClosed) client.close()
    return client
  }
  return {
    ask: async (route, input, options) => (client ?? (await (loading ??= load()))).ask(route, input, options),
    contact: () => client?.contact() ?? UNASKED,
    close() {
      isClosed = true
      client?.close()
    },
  }
}
