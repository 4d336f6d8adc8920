import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startPricingProcess } from '../../../src/adapters/pricing/pricing-process.ts'
import { questionOf } from '../../support/option-questions.ts'
import { pricingRig, PRICING, untilGone } from '../../support/pricing-rig.ts'
import { repoRoot } from '../../support/repo-root.ts'

describe('a pricing process', { timeout: 60_000 }, () => {
  it('does not outlive the bot that is killed, in the middle of its questions', async () => {
    const asker = spawn(process.execPath, [join(repoRoot, 'test', 'support', 'pricing-asker.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void asker.kill('SIGKILL'))
    const [said] = (await once(asker.stdout, 'data')) as [Buffer]
    const pid = Number(said.toString('utf8'))
    expect(pid).toBeGreaterThan(0)
    asker.kill('SIGKILL')
    expect(await untilGone(pid)).toBe(true)
  })

  it('ends when its input is closed', async () => {
    const child = spawn(process.execPath, [PRICING.entry], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stdin.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it('does not keep a process alive that is otherwise done', async () => {
    const text = `
      import { openPricingService } from './src/adapters/pricing/pricing-service.ts'
      import { PRICING } from './test/support/pricing-rig.ts'
      import { questionOf } from './test/support/option-questions.ts'
      const service = openPricingService({ program: PRICING, onDown: () => undefined, onBack: () => undefined })
      console.log((await service.price([questionOf()])).ok)
    `
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', text], {
      cwd: repoRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [said] = (await once(child.stdout, 'data')) as [Buffer]
    expect(said.toString('utf8')).toMatch(/true|false/)
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  it.skipIf(process.platform !== 'linux')('is given nothing of the bot: no environment, no file', async () => {
    process.env.SLIPWAY_TEST_SECRET = 'hunter2'
    const rig = pricingRig()
    try {
      await rig.service.price([questionOf()])
      const pid = await rig.up()
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)).toEqual([])
      const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      expect(args).toContain('--permission')
      expect(args.filter((arg) => arg.startsWith('--allow')).every((arg) => arg.startsWith('--allow-fs-read='))).toBe(
        true,
      )
      // Its priority is below that of any bot.
      const nice = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[16])
      expect(nice).toBeGreaterThan(Number(readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ')[16]))
    } finally {
      delete process.env.SLIPWAY_TEST_SECRET
      rig.end()
    }
  })

  it('says why it could not be started, whatever is wrong with the command', async () => {
    for (const node of ['', '/nowhere/node', repoRoot, 'with\0zero']) {
      const why = await new Promise<string>((ended) => {
        startPricingProcess({ ...PRICING, node }, { line: () => undefined, tooLong: () => undefined, ended }).write(
          'a question',
        )
      })
      expect(why).toMatch(/^could not be started \(.+\)$/)
    }
  })
})
