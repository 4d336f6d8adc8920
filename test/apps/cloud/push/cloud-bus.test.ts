import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openCloudRedis } from '../../../../src/adapters/cloud-redis/open-cloud-redis.ts'
import { openCloudBus } from '../../../../src/apps/cloud/push/open-cloud-bus.ts'
import { describeWithRedis } from '../../../support/cloud-databases.ts'

describe('the bus of one process', () => {
  it('makes one of many nudges, and loses none that came late', async () => {
    const bus = await openCloudBus({ instance: 'a', quietMs: 30 })
    onTestFinished(() => bus.close())
    let heard = 0
    bus.on('pool', () => heard++)
    for (let n = 0; n < 1_000; n++) bus.nudge('pool')
    await expect.poll(() => heard).toBe(2)
    await delay(100)
    expect(heard).toBe(2)
  })

  it('says it to those who asked, until they leave', async () => {
    const bus = await openCloudBus({ instance: 'a', quietMs: 1 })
    onTestFinished(() => bus.close())
    const heard: string[] = []
    bus.on('push', () => heard.push('push'))
    const leave = bus.on('calendar', () => heard.push('calendar'))
    bus.nudge('calendar')
    await expect.poll(() => heard).toEqual(['calendar'])
    leave()
    bus.nudge('calendar')
    bus.nudge('push')
    await expect.poll(() => heard).toEqual(['calendar', 'push'])
  })
})

describeWithRedis('the bus of many instances', (url) => {
  it('reaches the others once, and itself once', async () => {
    const prefix = `t:${randomBytes(6).toString('hex')}:`
    const heard: string[] = []
    const busOf = async (instance: string) => {
      const redis = openCloudRedis({ url })
      await redis.settled(10_000)
      let back = 0
      const hear = redis.hear.bind(redis)
      const bus = await openCloudBus({
        instance,
        redis: { ...redis, hear: (channel, onMessage, onBack) => hear(channel, onMessage, () => (onBack(), back++)) },
        prefix,
        quietMs: 1,
      })
      onTestFinished(async () => {
        await bus.close()
        await redis.close()
      })
      await expect.poll(() => back, { timeout: 10_000 }).toBe(2)
      bus.on('push', () => heard.push(instance))
      return bus
    }
    const [one] = [await busOf('one'), await busOf('two'), await busOf('three')]
    one.nudge('push')
    await expect.poll(() => heard.toSorted()).toEqual(['one', 'three', 'two'])
    await delay(50)
    expect(heard).toHaveLength(3)
  })
})
