import { describe, expect, it, type TestContext } from 'vitest'
import { chooseCloudServer, cloudServerOf } from '../../../../src/adapters/cloud/cloud-server.ts'
import { openHome } from '../../../../src/adapters/home/open-home.ts'
import { openCloudLink } from '../../../../src/apps/launcher/cloud/cloud-link.ts'
import { hostileCloud, says } from '../../../support/hostile-cloud.ts'
import { keyListOf, testKey, type TestKey } from '../../../support/leases.ts'
import { tempHome } from '../../../support/temp-home.ts'

/** A key set as a server tells it, signed with one of its keys. */
function keySet(keys: readonly TestKey[], by: TestKey, iat: number, version?: number) {
  return says(200, keyListOf(keys, by, { iat, ...(version === undefined ? {} : { version }) }))
}

async function teamOf({ onTestFinished }: TestContext, trusted: readonly TestKey[]) {
  const layout = openHome(tempHome())
  const cloud = await hostileCloud(says(500, {}))
  const keys = trusted.map(({ publicKey }) => publicKey)
  await chooseCloudServer(layout, { kind: 'team', url: cloud.url, keys })
  const quiet = () => undefined
  const link = openCloudLink({
    layout,
    version: '0.1.0',
    log: { info: quiet, warn: quiet },
    userId: () => '0123456789ab',
  })
  onTestFinished(async () => {
    link.close()
    await cloud.close()
  })
  const kids = () => {
    const server = cloudServerOf(layout)
    return server.kind === 'team' ? server.keys.map(({ kid }) => kid) : []
  }
  return { layout, cloud, link, kids }
}

const kidsOf = (...keys: readonly TestKey[]) => keys.map(({ publicKey }) => publicKey.kid)

describe("a team cloud's keys", () => {
  it('change where a trusted key vouches for the new ones, step by step through rotations', async (test) => {
    const [first, second, third, fourth] = [testKey(), testKey(), testKey(), testKey()]
    const { cloud, link, kids } = await teamOf(test, [first, second])
    cloud.behave(keySet([second, third, first], second, 100))
    await link.check(2_000)
    expect(kids()).toEqual(kidsOf(second, third, first))
    cloud.behave(keySet([third, fourth, second], third, 200))
    await link.check(2_000)
    expect(kids()).toEqual(kidsOf(third, fourth, second))
  })

  it('stay as they are where a stranger, a forger or a replay tells of others', async (test) => {
    const [first, second, stranger] = [testKey(), testKey(), testKey()]
    const { cloud, link, kids } = await teamOf(test, [first])
    cloud.behave(keySet([first, second], first, 100))
    await link.check(2_000)
    const forged = { publicKey: first.publicKey, privateKey: stranger.privateKey }
    for (const set of [
      keySet([stranger], stranger, 300),
      keySet([stranger], forged, 300),
      keySet([first], first, 100),
    ]) {
      cloud.behave(set)
      await link.check(2_000)
      expect(kids()).toEqual(kidsOf(first, second))
    }
  })
})

describe("a team cloud's list of keys", () => {
  it('that is played again brings no withdrawn key back, whatever time it tells', async (test) => {
    const [first, second, third] = [testKey(), testKey(), testKey()]
    const { cloud, link, kids } = await teamOf(test, [first, second])
    cloud.behave(keySet([second, third], second, 300, 7))
    await link.check(2_000)
    cloud.behave(keySet([second, third, first], second, 900, 6))
    await link.check(2_000)
    expect(kids()).toEqual(kidsOf(second, third))
  })

  it('is followed after one that was told by a clock far ahead', async (test) => {
    const [first, second, third] = [testKey(), testKey(), testKey()]
    const { cloud, link, kids } = await teamOf(test, [first, second])
    cloud.behave(keySet([second, first], second, 99_999_999_999, 7))
    await link.check(2_000)
    cloud.behave(keySet([second, third], second, 300, 8))
    await link.check(2_000)
    expect(kids()).toEqual(kidsOf(second, third))
  })
})

describe('the link to the cloud', () => {
  it('keeps to what somebody has chosen while it asked the former one for its keys', async (test) => {
    const [first, second] = [testKey(), testKey()]
    const { cloud, layout, link } = await teamOf(test, [first])
    const heard = Promise.withResolvers<void>()
    const chosen = Promise.withResolvers<void>()
    const answer = keySet([first, second], first, 100)
    cloud.behave((...call) => {
      heard.resolve()
      void chosen.promise.then(() => answer(...call))
    })
    const checked = link.check(5_000)
    await heard.promise
    await chooseCloudServer(layout, { kind: 'none' })
    chosen.resolve()
    await checked
    expect(cloudServerOf(layout)).toEqual({ kind: 'none' })
  })

  it('follows the choice as it changes, and closes what it had', async (test) => {
    const { layout, link } = await teamOf(test, [testKey()])
    expect(link.chosen()?.shared).toBe(true)
    await link.use({ kind: 'none' })
    expect(link.chosen()).toBeUndefined()
    await chooseCloudServer(layout, { kind: 'local' })
    expect(link.chosen()?.shared).toBe(false)
    expect(link.server()).toEqual({ kind: 'local' })
  })
})
