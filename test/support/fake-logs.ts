import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { onTestFinished } from 'vitest'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { accountLogs } from '../../src/apps/launcher/account-logs.ts'
import { logHandlers } from '../../src/apps/launcher/api/logs.ts'
import { implementContract, type ApiContext, type ApiParts } from '../../src/apps/launcher/api/procedures.ts'
import { logGrowth } from '../../src/apps/launcher/live/log-growth.ts'
import { parseTopic } from '../../src/contracts/live-topic.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { FakeLauncher } from './fake-launcher.ts'

/** A launcher whose logs are real ones: files in a folder of this test, read as the launcher reads them. */
export function withLogs(launcher: FakeLauncher, accountIds: readonly string[]) {
  const home = mkdtempSync(join(tmpdir(), 'slipway-logs-'))
  const layout = homeLayout(home)
  onTestFinished(() => rmSync(home, { recursive: true, force: true, maxRetries: 3 }))
  const api = implementContract()
  const registry = { list: () => accountIds.map((accountId) => ({ accountId })) }
  const parts = { layout, registry } as unknown as ApiParts
  const handler = new OpenAPIHandler<ApiContext>({ logs: logHandlers(api, parts) })
  launcher.serve((text) => {
    const topic = parseTopic(text)
    return topic?.kind === 'logs' ? logGrowth(text, () => accountLogs(parts).all({ ids: topic.accountIds })) : undefined
  })
  const asked: { path: string; body: Record<string, unknown> }[] = []
  let isDown = false
  const live = (id: string) => layout.log(id as AccountId, 'ES', 'paper')

  async function fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (!/\/api\/(logs|accounts\/[^/]+\/logs)/.test(pathname)) return launcher.fetch(request)
    if (isDown) throw new TypeError('fetch failed')
    if (request.method === 'POST')
      asked.push({ path: pathname, body: (await request.clone().json()) as Record<string, unknown> })
    const { response } = await handler.handle(request, { prefix: '/api', context: { door: 'local' } })
    return response ?? new Response(null, { status: 404 })
  }

  return {
    ...launcher,
    fetch,
    /** What the page asked of the logs. */
    logsAsked: asked,
    log(id: string, ...lines: string[]): void {
      mkdirSync(layout.logs(id as AccountId), { recursive: true })
      appendFileSync(live(id), lines.map((line) => `${line}\n`).join(''))
    },
    rotate: (id: string, part: number) => renameSync(live(id), `${live(id)}.${String(part).padStart(6, '0')}`),
    setDoor(next: Parameters<FakeLauncher['setDoor']>[0]): void {
      isDown = next !== 'open'
      launcher.setDoor(next)
    },
  }
}
