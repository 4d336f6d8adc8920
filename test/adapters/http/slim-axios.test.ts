import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { rolldown } from 'rolldown'
import { describe, expect, it } from 'vitest'
import { slimAxios } from '../../../src/adapters/http/slim-axios.ts'
import { hostileCloud, says } from '../../support/hostile-cloud.ts'
import { repoRoot } from '../../support/repo-root.ts'
import { tempHome } from '../../support/temp-home.ts'

const CERTIFICATE = join(repoRoot, 'test', 'fixtures', 'tls', 'cert.pem')
const tls = {
  cert: readFileSync(CERTIFICATE),
  key: readFileSync(join(repoRoot, 'test', 'fixtures', 'tls', 'key.pem')),
}

/** Asks once, as a bundled bot does, and tells what came of it and what was loaded for it. */
const ASK = `
  import { openCloudCalls } from ${JSON.stringify(join(repoRoot, 'src/adapters/cloud/call-cloud.ts'))}
  const calls = openCloudCalls({ url: process.argv[2] }, 2_000)
  const request = { method: 'POST', path: '/api/x', body: '{}', headers: {} }
  calls.call(request, AbortSignal.timeout(5_000)).then((reply) => {
    calls.close()
    const loaded = process.moduleLoadList.filter((it) => /undici|http2| tls$| crypto$/.test(it))
    console.log(JSON.stringify({ reply, loaded }))
  })
`

async function bundled(): Promise<string> {
  const file = join(tempHome(), 'ask.cjs')
  const entry = '\0ask'
  const bundle = await rolldown({
    input: 'ask',
    cwd: repoRoot,
    platform: 'node',
    external: [/^node:/],
    plugins: [
      { name: 'ask', resolveId: (id) => (id === 'ask' ? entry : null), load: (id) => (id === entry ? ASK : null) },
      slimAxios(),
    ],
  })
  await bundle.write({ file, format: 'cjs' })
  await bundle.close()
  return file
}

async function run(file: string, url: string, env: NodeJS.ProcessEnv = {}) {
  const { stdout } = await promisify(execFile)(process.execPath, [file, url], { env })
  return JSON.parse(stdout) as { reply: Record<string, unknown>; loaded: string[] }
}

describe('axios without what we never let it do', () => {
  it('asks over http without loading fetch, HTTP/2, TLS or cryptography', async ({ onTestFinished }) => {
    const cloud = await hostileCloud(says(200, { fine: true }))
    onTestFinished(() => cloud.close())
    const { reply, loaded } = await run(await bundled(), cloud.url)
    expect(reply).toMatchObject({ kind: 'reply', status: 200, text: '{"fine":true}' })
    expect(cloud.heard[0]).toMatchObject({ method: 'POST', path: '/api/x', body: '{}' })
    expect(loaded).toEqual([])
  })

  it('asks over https where the certificate is trusted, and does not speak where it is not', async (test) => {
    const cloud = await hostileCloud(says(200, { fine: true }), { tls })
    test.onTestFinished(() => cloud.close())
    const file = await bundled()
    const refused = await run(file, cloud.url)
    expect(refused.reply).toMatchObject({ kind: 'unsent', why: 'its certificate is signed by itself' })
    expect(cloud.heard).toEqual([])
    const trusted = await run(file, cloud.url, { NODE_EXTRA_CA_CERTS: CERTIFICATE })
    expect(trusted.reply).toMatchObject({ kind: 'reply', status: 200 })
  })

  it('sends nothing after a redirect', async ({ onTestFinished }) => {
    const cloud = await hostileCloud((_, answer) => answer.writeHead(302, { location: '/elsewhere' }).end())
    onTestFinished(() => cloud.close())
    expect((await run(await bundled(), cloud.url)).reply).toMatchObject({ kind: 'reply', status: 302 })
    expect(cloud.heard).toHaveLength(1)
  })
})
