import { onTestFinished } from 'vitest'
import type { CloudDb } from '../../src/adapters/cloud-db/open-cloud-db.ts'
import { openCloudBus, type CloudBusParts } from '../../src/apps/cloud/push/open-cloud-bus.ts'
import { openPushDesk } from '../../src/apps/cloud/push/push-desk.ts'
import type { PushListener } from '../../src/apps/cloud/push/push.ts'
import type { PushEvent, PushTopic } from '../../src/contracts/cloud/push.ts'
import { epochMs } from '../../src/domain/units/units.ts'

export const NOON = epochMs(Date.UTC(2026, 10, 21, 12))

/** One instance of the cloud, as far as pushes go. */
export async function pushDeskOf(
  db: CloudDb,
  { pollMs = 50, ...bus }: Partial<CloudBusParts> & { pollMs?: number } = {},
) {
  const clock = { now: NOON }
  const opened = await openCloudBus({ instance: 'test', quietMs: 1, ...bus })
  const desk = await openPushDesk({ db, bus: opened, now: () => clock.now, pollMs })
  onTestFinished(async () => {
    await desk.close()
    await opened.close()
  })
  return { desk, clock, bus: opened }
}

/** Somebody who listens and remembers. */
export function hearing(topics: readonly PushTopic[], userId?: string) {
  const heard: PushEvent[] = []
  const listener: PushListener = { topics: new Set(topics), userId, hear: (event) => heard.push(event) > 0 }
  return { heard, listener }
}

export type SseEvent = Readonly<{ id: string; event: string; data: unknown }>

/** Reads server-sent events of an answer, as they come. */
export async function* eventsOf(response: Response): AsyncGenerator<SseEvent, void> {
  let text = ''
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const fields = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/s, 2) as [string, string]),
      )
      text = text.slice(end + 2)
      const data = fields.get('data')
      if (data !== undefined)
        yield { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) as unknown }
    }
  }
}
