import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react'
import { listScale, ROW_HEIGHT } from './list-scroll.ts'

/** Where a list is scrolled to: `top` in its full height, `bar` in the height the browser gave it. */
type Scroll = Readonly<{ top: number; bar: number }>

type ListScrollOptions = Readonly<{
  total: number
  isFollowing: boolean
  onFollowing: (isFollowing: boolean) => void
}>

/** Where the viewport's height is not known, pixels. */
const SOME_HEIGHT = 400

/** Scrolls a list of any height, and stays at its end while it is followed. */
export function useListScroll({ total, isFollowing, onFollowing }: ListScrollOptions) {
  const scroller = useRef<HTMLDivElement>(null)
  const [height, setHeight] = useState(SOME_HEIGHT)
  const [{ top, bar }, setScroll] = useState<Scroll>({ top: 0, bar: 0 })
  /** Newer than what was rendered last: several events may come before the next rendering. */
  const now = useRef<Scroll>({ top: 0, bar: 0 })
  const { tall, most, ratio } = listScale(total, height)

  function moveTo(wanted: number): void {
    const box = scroller.current
    if (!box) return
    const next = Math.min(Math.max(0, wanted), most)
    box.scrollTop = next / ratio
    now.current = { top: next, bar: box.scrollTop }
    setScroll(now.current)
  }

  /** Whoever scrolls up wants to read, and whoever comes back to the end wants to follow. */
  function judge(before: number): void {
    const isAtEnd = most - now.current.top <= ROW_HEIGHT
    if (isAtEnd !== isFollowing && (isAtEnd || now.current.top < before - 1)) onFollowing(isAtEnd)
  }

  const onWheel = useEffectEvent((event: WheelEvent) => {
    if (ratio === 1 || event.ctrlKey || event.deltaY === 0) return
    event.preventDefault()
    const unit = event.deltaMode === 1 ? ROW_HEIGHT : event.deltaMode === 2 ? height : 1
    const before = now.current.top
    moveTo(before + event.deltaY * unit)
    judge(before)
  })
  useEffect(() => {
    const box = scroller.current
    if (!box) return undefined
    const measure = () => setHeight(box.clientHeight || SOME_HEIGHT)
    const observer = new ResizeObserver(measure)
    observer.observe(box)
    measure()
    // Not React's own listener: that one may not keep the browser from scrolling by itself.
    const listen = (event: WheelEvent) => onWheel(event)
    box.addEventListener('wheel', listen, { passive: false })
    return () => {
      observer.disconnect()
      box.removeEventListener('wheel', listen)
    }
  }, [])

  const toEnd = useEffectEvent(() => {
    if (isFollowing || now.current.top > most) moveTo(most)
  })
  useLayoutEffect(() => toEnd(), [isFollowing, most])

  return {
    scroller,
    height,
    tall,
    top: Math.min(top, most),
    /** How far rows are laid out from where they would be, pixels. */
    shift: ratio === 1 ? 0 : bar - Math.min(top, most),
    moveTo,
    topNow: () => now.current.top,
    onScroll({ currentTarget: box }: React.UIEvent<HTMLDivElement>) {
      // Our own doing comes back as an event too.
      if (Math.abs(box.scrollTop - now.current.bar) < 1) return
      const before = now.current.top
      now.current = { top: Math.min(box.scrollTop * ratio, most), bar: box.scrollTop }
      setScroll(now.current)
      judge(before)
    },
  }
}
