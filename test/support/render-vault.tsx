import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { OpenAPIHandler } from '@orpc/openapi/fetch'
import { cleanup, render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { onTestFinished } from 'vitest'
import { PageShell } from '../../renderer/page/page-shell.tsx'
import { createLauncherClient } from '../../renderer/launcher/launcher-client.ts'
import { LauncherProvider } from '../../renderer/launcher/launcher-context.tsx'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { openVault } from '../../src/adapters/vault/open-vault.ts'
import { implementContract, type ApiParts } from '../../src/apps/launcher/api/procedures.ts'
import { vaultHandlers } from '../../src/apps/launcher/api/vault.ts'
import type { MemoryKeychain } from './keychains.ts'
import { prepareBrowser } from './render-page.tsx'
import { tempHome } from './temp-home.ts'

/** A part of the page over a real vault in this process, through the real client. */
export function renderOverVault(part: ReactNode, keychain: MemoryKeychain) {
  prepareBrowser()
  const layout = homeLayout(join(tempHome(), 'home'))
  mkdirSync(layout.root, { mode: 0o700 })
  const vault = openVault({ layout, keychain })
  const quiet = () => undefined
  const parts = {
    ...{ layout, vault, registry: { list: () => [] } },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet, addSecret: quiet },
  } as unknown as ApiParts
  const handler = new OpenAPIHandler({ vault: vaultHandlers(implementContract(), parts) })
  const client = createLauncherClient({
    url: 'http://127.0.0.1:4711/api',
    token: () => 'the-token',
    onUnauthorized: quiet,
    fetch: async (request) => {
      const { response } = await handler.handle(request, { prefix: '/api', context: { door: 'browser' } })
      return response ?? new Response(null, { status: 404 })
    },
  })
  const page = render(
    <PageShell env="test">
      <LauncherProvider client={client}>{part}</LauncherProvider>
    </PageShell>,
  )
  onTestFinished(() => {
    cleanup()
    vault.close()
  })
  return { ...page, vault, layout }
}
