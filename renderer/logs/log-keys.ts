/** What a key does while the lines have the focus. */
export type LogKey =
  | { readonly does: 'move'; readonly to: number; readonly isFurther: boolean }
  | { readonly does: 'end' | 'open' | 'close' | 'search' | 'time' | 'follow' | 'copy' | 'next' | 'previous' }

type Pressed = Readonly<{ key: string; shiftKey: boolean; ctrlKey: boolean; metaKey: boolean; altKey: boolean }>

/**
 * @param at   the row the keyboard is at; undefined for none yet
 * @param view total rows, rows of a page, and the first row in sight
 * @returns undefined for a key that is none of ours
 */
export function logKey(
  { key, shiftKey, ctrlKey, metaKey, altKey }: Pressed,
  at: number | undefined,
  view: Readonly<{ total: number; page: number; first: number }>,
): LogKey | undefined {
  if (altKey) return undefined
  if (ctrlKey || metaKey) return key.toLowerCase() === 'c' && !shiftKey ? { does: 'copy' } : undefined
  const move = (to: number): LogKey => ({
    does: 'move',
    to: Math.min(Math.max(0, to), view.total - 1),
    isFurther: shiftKey && at !== undefined,
  })
  const here = at ?? view.first
  switch (key) {
    case 'ArrowDown':
      return move(at === undefined ? here : here + 1)
    case 'ArrowUp':
      return move(at === undefined ? here : here - 1)
    case 'PageDown':
      return move(here + view.page)
    case 'PageUp':
      return move(here - view.page)
    case 'Home':
      return move(0)
    case 'End':
      return shiftKey ? move(view.total - 1) : { does: 'end' }
    case 'Enter':
      return { does: 'open' }
    case 'Escape':
      return { does: 'close' }
    case '/':
      return { does: 'search' }
    case 't':
      return { does: 'time' }
    case 'f':
      return { does: 'follow' }
    case 'c':
      return { does: 'copy' }
    case 'n':
      return { does: 'next' }
    case 'N':
      return { does: 'previous' }
    default:
      return undefined
  }
}
