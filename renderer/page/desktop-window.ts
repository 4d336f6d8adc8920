/** Whether this page stands in the window of the desktop app: there a person has a menu, and need not type anything. */
export function isDesktopWindow(where: Pick<Location, 'protocol'> | undefined = globalThis.location): boolean {
  return where?.protocol === 'app:'
}
