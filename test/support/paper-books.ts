import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { homeLayout } from '../../src/adapters/home/layout.ts'
import { openPaperBooks } from '../../src/adapters/paper-books/open-paper-books.ts'
import type { AccountId } from '../../src/domain/account/account-id.ts'
import type { PaperBooks } from '../../src/domain/broker/paper-books.ts'

/** Real books in a home of their own. A second opening does not close the first, as a killed process would not. */
export function temporaryBooks() {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-paper-'))
  const layout = homeLayout(folder)
  const accountId = 'paper-1' as AccountId
  mkdirSync(layout.account(accountId), { recursive: true })
  const opened: PaperBooks[] = []
  const open = (expectExisting: boolean): PaperBooks => {
    const books = openPaperBooks({ layout, accountId, expectExisting })
    opened.push(books)
    return books
  }
  return {
    folder,
    path: layout.paper(accountId),
    open: () => open(false),
    reopen: () => open(true),
    remove: () => {
      for (const books of opened) books.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
