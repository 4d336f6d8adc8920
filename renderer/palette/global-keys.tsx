import { Modal } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useConnection } from '../live/live-context.tsx'
import { lazyPart } from '../page/lazy-part.ts'
import { LoadedPart } from '../page/loaded-part.tsx'
import { goTo } from '../place/use-place.ts'
import { keyMove, type KeyMove } from './key-moves.ts'
import { Shortcuts } from './shortcuts.tsx'
import type { PalettePage } from './palette.tsx'

const Palette = lazyPart(async () => (await import('./palette.tsx')).Palette)

/** A second key counts as the second half of a pair this long, milliseconds. */
const PAIR_MS = 1_200

/** The keys that work everywhere. The palette is loaded when it is first asked for. */
export function GlobalKeys({ pages }: { pages: readonly PalettePage[] }) {
  const [isPaletteWanted, wantPalette] = useState(false)
  const [isHelping, setHelping] = useState(false)
  const isOnline = useConnection().kind === 'online'
  const before = useRef<{ move: KeyMove; at: number }>({ move: { kind: 'none' }, at: 0 })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return
      const { move: last, at } = before.current
      const move = keyMove(
        { ...keysOf(event), isTyping: isField(event.target) },
        event.timeStamp - at <= PAIR_MS ? last : { kind: 'none' },
      )
      before.current = { move, at: event.timeStamp }
      if (move.kind === 'none') return
      event.preventDefault()
      if (move.kind === 'go') goTo(move.place)
      else if (move.kind === 'help') setHelping(true)
      else if (move.kind === 'palette') {
        wantPalette(true)
        void openPalette()
      }
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  return (
    <>
      {isPaletteWanted && (
        <LoadedPart fallback={null} instead={null} isOnline={isOnline}>
          <Palette pages={pages} />
        </LoadedPart>
      )}
      <Modal opened={isHelping} onClose={() => setHelping(false)} title="Keys" size="lg">
        <Shortcuts />
      </Modal>
    </>
  )
}

async function openPalette(): Promise<void> {
  // Without the launcher it does not come, which the page says already.
  const store = await import('./palette-store.ts').catch(() => undefined)
  store?.palette.open()
}

function keysOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) {
  return { key, ctrlKey, metaKey, altKey, shiftKey }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null
}
