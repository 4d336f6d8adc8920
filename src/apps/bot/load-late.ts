/**
 * Loads a part of the bot that has schemas. A bot starts without any; those that come later are told, before they are
 * built, not to compile themselves.
 */
export async function loadLate<T>(load: () => Promise<T>): Promise<T> {
  await import('./plain-schemas.ts')
  return load()
}
