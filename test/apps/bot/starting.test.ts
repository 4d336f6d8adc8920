import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { checkedSettings } from '../../../src/adapters/bot-process/checked-settings.ts'
import { tradeAccount } from '../../../src/apps/bot/trade-account.ts'
import { Refused } from '../../../src/domain/failure/refusal.ts'
import { addAccount, prepareHome } from '../../support/bot-fleet.ts'
import { tempHome } from '../../support/temp-home.ts'

const REMOVER = join(import.meta.dirname, '..', '..', 'support', 'guard-remover.ts')

it('a bot whose account is removed while it waits for the guard trades nothing, and leaves nothing behind', async () => {
  const layout = prepareHome(tempHome())
  const id = await addAccount(layout, 'A1', { symbol: 'MES', feed: 'synthetic:1' })
  const checked = checkedSettings(layout.root, id)
  const remover = spawn(process.execPath, [REMOVER, layout.root, id], { stdio: ['pipe', 'pipe', 'inherit'] })
  const gone = once(remover, 'exit')
  await once(remover.stdout, 'data')
  remover.stdin.write('go\n')
  const start = { home: layout.root, accountId: id, instanceId: 'late', secrets: {}, checked }
  await expect(tradeAccount(start)).rejects.toBeInstanceOf(Refused)
  await gone
  expect(existsSync(layout.state(id))).toBe(false)
  expect(existsSync(layout.lockRecord(id))).toBe(false)
})
