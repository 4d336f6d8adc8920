import { isDesktopWindow } from './desktop-window.ts'

/**
 * Lets the page copy text in the desktop window, which grants a page no permission, that for the clipboard included.
 *
 * What a person copies with the keyboard needs none: this makes it look like that, so it works only while the person's
 * click or key press counts.
 */
export function copyInWindow(page: Pick<Window, 'location' | 'navigator' | 'document'>): void {
  if (!isDesktopWindow(page.location)) return
  const writeText = async (text: string): Promise<void> => {
    const fill = (event: ClipboardEvent) => {
      event.clipboardData?.setData('text/plain', text)
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    page.document.addEventListener('copy', fill, { capture: true })
    try {
      // Deprecated, and the one way to the clipboard that asks for no permission.
      if (!page.document.execCommand('copy')) throw new DOMException('Nothing was copied.', 'NotAllowedError')
    } finally {
      page.document.removeEventListener('copy', fill, { capture: true })
    }
  }
  Object.defineProperty(page.navigator.clipboard, 'writeText', { value: writeText })
}
