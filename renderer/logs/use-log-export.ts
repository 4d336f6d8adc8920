import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState } from 'react'
import { describeFailure } from '../launcher/describe-failure.ts'
import { useLauncher } from '../launcher/launcher-context.tsx'
import { exportLog, type ExportProgress } from './export-log.ts'
import type { LogQuery } from './log-choice.ts'

/** Saving what is shown of a log, with its progress and a way to end it. */
export function useLogExport(query: LogQuery) {
  const { client } = useLauncher()
  const [progress, setProgress] = useState<ExportProgress>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  async function save(): Promise<void> {
    const end = new AbortController()
    running.current = end
    setProgress({ lines: 0, total: 0 })
    try {
      const lines = await exportLog(client, query, fileName(query.ids), setProgress, end.signal)
      if (lines !== undefined)
        notifications.show({
          message: lines === 1 ? 'One line saved.' : `${lines.toLocaleString('en')} lines saved.`,
          color: 'teal',
        })
    } catch (error) {
      if (end.signal.aborted) return
      const { message, nextStep } = describeFailure(error)
      notifications.show({
        title: 'The log was not saved',
        message: `${message} ${nextStep}`,
        color: 'red',
        autoClose: false,
      })
    } finally {
      if (running.current === end) setProgress(undefined)
    }
  }

  return { progress, save: () => void save(), cancel: () => (running.current?.abort(), setProgress(undefined)) }
}

function fileName(ids: readonly string[]): string {
  const whose = ids.length === 1 ? ids[0] : `${ids.length}-accounts`
  return `slipway-log-${whose}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.log`
}
