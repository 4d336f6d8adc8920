import { EventEmitter } from 'node:events'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openUpdates, type Updater } from '../../../src/apps/shell/desk/updates.ts'

/** electron-updater's part, as far as the shell sees it. */
class FakeUpdater extends EventEmitter {
  autoDownload = false
  autoInstallOnAppQuit = false
  allowDowngrade = true
  logger: unknown = console
  readonly asked: string[] = []
  checkForUpdates = async () => {
    this.asked.push('check')
    return null
  }
  quitAndInstall = (silent: boolean, runAfter: boolean) => void this.asked.push(`install ${silent} ${runAfter}`)
}

function open() {
  const updater = new FakeUpdater()
  const told: string[] = []
  const updates = openUpdates({
    updater: updater as unknown as Updater,
    onChange: () => undefined,
    tell: (title) => void told.push(title),
  })
  onTestFinished(() => updates.stop())
  return { updater, updates, told }
}

describe('updates of the window', () => {
  it('are fetched by themselves and installed at quit, never a downgrade', () => {
    const { updater } = open()
    expect(updater).toMatchObject({ autoDownload: true, autoInstallOnAppQuit: true, allowDowngrade: false })
    expect(updater.asked).toEqual([])
  })

  it('tell when one is ready, and restart nothing by themselves', () => {
    const { updater, updates, told } = open()
    updater.emit('checking-for-update')
    expect(updates.get()).toEqual({ kind: 'checking' })
    updater.emit('update-available', { version: '2.0.0' })
    updater.emit('update-downloaded', { version: '2.0.0' })
    expect(updates.get()).toEqual({ kind: 'ready', version: '2.0.0' })
    expect(told).toEqual(['Slipway 2.0.0 is ready'])
    expect(updater.asked).toEqual([])
    updates.install()
    expect(updater.asked).toEqual(['install false true'])
  })

  it('are silent about nothing new and about a lost network, unless a person asked', () => {
    const { updater, updates, told } = open()
    updater.emit('checking-for-update')
    updater.emit('error', new Error('offline'))
    expect(updates.get()).toEqual({ kind: 'none' })
    expect(told).toEqual([])
    updates.check(true)
    updater.emit('update-not-available')
    updates.check(true)
    updater.emit('error', new Error('offline'))
    expect(told).toEqual(['Slipway is up to date', 'No update could be fetched'])
  })

  it('keep one that is ready when a later look fails', () => {
    const { updater, updates } = open()
    updater.emit('update-downloaded', { version: '2.0.0' })
    updater.emit('checking-for-update')
    updater.emit('error', new Error('offline'))
    expect(updates.get()).toEqual({ kind: 'ready', version: '2.0.0' })
  })
})
