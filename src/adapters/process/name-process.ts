/**
 * What a trader would call a process: its program's name. Starts other programs to find out, so it is for answers to
 * people and never part of a bot's start.
 *
 * @param otherwise the name to use where the list does not have the process
 */
export async function nameProcess(pid: number, otherwise: string): Promise<string> {
  try {
    const { default: psList } = await import('ps-list')
    const found = (await psList()).find((it) => it.pid === pid)
    return found?.name || otherwise
  } catch {
    // It has no Windows on ARM, and may be denied its helper program.
    return otherwise
  }
}
