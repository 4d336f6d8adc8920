import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'
import { listenLocally } from '../../../src/adapters/local-socket/listen-locally.ts'
import type { HomeLayout } from '../../../src/adapters/home/layout.ts'
import { answerWith } from '../../../src/apps/launcher/answer-with.ts'
import type { FakeLauncher } from '../fake-launcher.ts'

/** Puts a launcher that a test makes up at the socket of a home, as the one that runs there. */
export async function serveFakeLauncher(layout: HomeLayout, fake: FakeLauncher): Promise<void> {
  const health = {
    ...{ name: 'slipway', version: '0.0.0', pid: 1, instanceId: 'run-1', home: layout.root },
    startedAt: '2024-01-05T15:00:00.000Z',
  }
  const answer = answerWith(
    async (request) => (request.url.endsWith('/api/health') ? Response.json(health) : fake.fetch(request)),
    () => undefined,
  )
  const server = createServer((request, response) => void answer(request, response))
  await listenLocally(server, layout.launcherEndpoint)
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => void server.close(() => resolve()))
  })
}
