import { createContext, Script } from 'node:vm'

/**
 * Work that is broken off when it takes longer than it may: only the engine itself can end a loop
 * that never returns.
 *
 * @param timeout milliseconds
 * @returns the work; it throws when it is broken off, with code ERR_SCRIPT_EXECUTION_TIMEOUT
 */
export function boundedBy<Piece>(timeout: number, work: (piece: Piece) => void): (piece: Piece) => void {
  const room: { piece: Piece | undefined; work: (piece: Piece) => void } = { piece: undefined, work }
  const context = createContext(room)
  const script = new Script('work(piece)')
  return (piece) => {
    room.piece = piece
    script.runInContext(context, { timeout })
  }
}
