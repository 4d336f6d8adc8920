import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { claimPage } from '../../../../src/apps/cloud/licence/claim-page.ts'

describe('the page of a claim', () => {
  it('may run its own script and style, and nothing else', async () => {
    const page = claimPage()
    const policy = page.headers.get('content-security-policy') ?? ''
    const text = await page.text()
    for (const [tag, directive] of [
      ['script', 'script-src'],
      ['style', 'style-src'],
    ] as const) {
      const [, inner = ''] = new RegExp(`<${tag}>([\\s\\S]*)</${tag}>`).exec(text) ?? []
      expect(inner).not.toBe('')
      expect(policy).toContain(`${directive} 'sha256-${createHash('sha256').update(inner).digest('base64')}'`)
    }
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(text).not.toMatch(/innerHTML|onclick="|https?:/)
  })
})
