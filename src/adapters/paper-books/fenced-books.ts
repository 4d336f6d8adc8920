import type { AccountStore } from '../../domain/account/account-store.ts'
import type { PaperBooks } from '../../domain/broker/paper-books.ts'

/**
 * Books that only the account's present holder can write: state.db is asked for the generation in the moment of the
 * commit, and no other holder can take the account over before the commit is done.
 */
export function fencedBooks(books: PaperBooks, store: Pick<AccountStore, 'transact'>): PaperBooks {
  return {
    ...books,
    /** @throws {Refused} 'fenced', or as the books themselves */
    commit: (change) => store.transact(() => books.commit(change)),
  }
}
