/** The larger column with what the smaller one holds. */
export function growing<Column extends { set(from: Column): void }>(into: Column, from: Column): Column {
  into.set(from)
  return into
}
