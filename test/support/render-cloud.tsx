import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { implement } from '@orpc/server'
import { cleanup, render } from '@testing-library/react'
import { onTestFinished } from 'vitest'
import { CloudPage } from '../../renderer/cloud/cloud-page.tsx'
import { LiveProvider } from '../../renderer/live/live-context.tsx'
import { createLauncherClient } from '../../renderer/launcher/launcher-client.ts'
import { LauncherProvider } from '../../renderer/launcher/launcher-context.tsx'
import { PageShell } from '../../renderer/page/page-shell.tsx'
import { PreferencesProvider } from '../../renderer/preferences/preferences-context.tsx'
import { launcherContract } from '../../src/contracts/launcher-api.ts'
import type { AccountCloud, CloudState, RemovedCloud } from '../../src/contracts/launcher/cloud.ts'
import { DEFAULT_PREFERENCES } from '../../src/contracts/launcher/preferences.ts'
import type { Refusal } from '../../src/domain/failure/refusal.ts'
import { fakeSignals } from './fake-signals.ts'
import { prepareBrowser } from './render-page.tsx'

export const LOCAL: CloudState['server'] = {
  ...{ kind: 'local', url: null, keys: [], local: 'running', circuit: 'closed', restMs: 0 },
  ...{ lastAnswerAt: '2026-10-05T12:00:00.000Z', problem: null },
}

export function cloudAccount(more: Partial<AccountCloud> = {}): AccountCloud {
  return {
    ...{ accountId: 'P1', mode: 'paper', confidence: 'shrink', waiting: 0, oldestWaitingAt: null, problem: null },
    licence: { entries: 'allowed', code: '', message: 'Paper trading needs no licence.', rung: null, until: null },
    ...{ parked: 0, parkedRows: [], deliveredToday: 0 },
    ...more,
  }
}

/** The page of licence and cloud over a launcher that answers as told, and remembers what it was asked to do. */
export function renderCloud(given: Partial<CloudState>, refused?: Refusal, heard = fakeSignals()) {
  prepareBrowser()
  let held: PromiseWithResolvers<void> | undefined
  const asked: object[] = []
  let state: CloudState = {
    ...{ deviceId: 'device-1', calendarAsOf: '2026-10-01', server: LOCAL, users: [], accounts: [], removed: [] },
    ...given,
  }
  const api = implement(launcherContract)
  const told = <T,>(what: object, errors: { REFUSED: (options: { data: Refusal }) => Error }, answer: T): T => {
    asked.push(what)
    if (refused) throw errors.REFUSED({ data: refused })
    return answer
  }
  const licence = {
    ...{
      userId: '0123456789ab',
      id: 'lic_1',
      keyHint: 'slw_abcd',
      plan: 'pro',
      state: 'active' as const,
      expiresAt: null,
    },
    ...{ accounts: { used: 1, most: 5 }, devices: { used: 1, most: 2 } },
  }
  const handler = new OpenAPIHandler({
    preferences: { read: api.preferences.read.handler(() => DEFAULT_PREFERENCES) },
    cloud: api.cloud.handler(() => state),
    cloudServer: {
      look: api.cloudServer.look.handler(({ input, errors }) =>
        told({ look: input.url }, errors, { url: input.url, keys: [{ kid: 'key-of-the-team', public_key: 'x' }] }),
      ),
      use: api.cloudServer.use.handler(({ input, errors }) => {
        state = { ...state, server: { ...LOCAL, kind: input.kind, url: input.kind === 'team' ? input.url : null } }
        return told({ use: input }, errors, state.server)
      }),
      check: api.cloudServer.check.handler(({ errors }) => told({ check: true }, errors, state.server)),
    },
    licence: {
      set: api.licence.set.handler(({ input, errors }) => told({ set: input }, errors, licence)),
      show: api.licence.show.handler(({ input, errors }) => told({ show: input }, errors, licence)),
      forget: api.licence.forget.handler(({ input, errors }) =>
        told({ forget: input }, errors, { userId: licence.userId, forgotten: true }),
      ),
      takeOver: api.licence.takeOver.handler(({ input, errors }) =>
        told({ takeOver: input.id }, errors, { accountId: input.id, fence: 2 }),
      ),
    },
    signals: api.signals.handler(heard.read),
    live: { stream: api.live.stream.handler(heard.stream) },
    outbox: {
      retry: api.outbox.retry.handler(async ({ input: { id, tradeId }, errors }) => {
        await held?.promise
        const isMeant = (trade: string) => tradeId === undefined || trade === tradeId
        let retried = 0
        const without = <Of extends RemovedCloud>(of: Of): Of => {
          if (of.accountId !== id) return of
          const left = of.parkedRows.filter((row) => !isMeant(row.tradeId))
          retried = of.parkedRows.length - left.length
          return { ...of, parkedRows: left, parked: left.length, waiting: of.waiting + retried }
        }
        const next = { ...state, accounts: state.accounts.map(without), removed: state.removed.map(without) }
        const answer = told({ again: { id, tradeId } }, errors, { accountId: id, retried })
        state = next
        return answer
      }),
    },
  })
  const client = createLauncherClient({
    url: 'http://127.0.0.1:4711/api',
    token: () => 'the-token',
    onUnauthorized: () => undefined,
    fetch: async (request) => {
      const { response } = await handler.handle(request, { prefix: '/api', context: {} })
      return response ?? new Response(null, { status: 404 })
    },
  })
  const page = render(
    <PageShell env="test">
      <LauncherProvider client={client}>
        <PreferencesProvider>
          <LiveProvider>
            <CloudPage />
          </LiveProvider>
        </PreferencesProvider>
      </LauncherProvider>
    </PageShell>,
  )
  onTestFinished(() => cleanup())
  return {
    ...page,
    asked,
    /** From now on the answer to sending again waits for `release`. */
    hold() {
      const now = (held = Promise.withResolvers<void>())
      return { release: () => now.resolve() }
    },
  }
}
