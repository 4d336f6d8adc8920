import { useCallback, useEffect, useMemo, useRef, useState } from 'react'

/** Which accounts somebody has chosen, by id. */
export type Selection = Readonly<{
  chosen: ReadonlySet<string>
  /** `extend` chooses everything from the last one chosen to this one, in the order shown. */
  toggle: (id: string, extend: boolean) => void
  /** Chooses these, or, when all of them are chosen, none of them. */
  toggleAll: (ids: readonly string[]) => void
  clear: () => void
}>

/** @param shown ids in the order they are shown; what is not shown is not chosen: nobody acts on what they can't see */
export function useSelection(shown: readonly string[]): Selection {
  const [wanted, setWanted] = useState<ReadonlySet<string>>(new Set())
  const last = useRef<string>(undefined)
  const order = useRef(shown)
  useEffect(() => {
    order.current = shown
  }, [shown])
  const chosen = useMemo(() => {
    const visible = new Set(shown)
    return new Set([...wanted].filter((id) => visible.has(id)))
  }, [wanted, shown])

  const toggle = useCallback((id: string, extend: boolean) => {
    const from = extend && last.current !== undefined ? order.current.indexOf(last.current) : -1
    const to = order.current.indexOf(id)
    last.current = id
    setWanted((before) => {
      const after = new Set(before)
      if (from >= 0 && to >= 0)
        for (const between of order.current.slice(Math.min(from, to), Math.max(from, to) + 1)) after.add(between)
      else if (!after.delete(id)) after.add(id)
      return after
    })
  }, [])
  const toggleAll = useCallback((ids: readonly string[]) => {
    setWanted((before) => {
      const after = new Set(before)
      const isFull = ids.every((id) => before.has(id))
      for (const id of ids)
        if (isFull) after.delete(id)
        else after.add(id)
      return after
    })
  }, [])
  const clear = useCallback(() => setWanted(new Set()), [])
  return useMemo(() => ({ chosen, toggle, toggleAll, clear }), [chosen, toggle, toggleAll, clear])
}
