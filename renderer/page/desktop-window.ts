/** Whether this page stands in the window of the desktop app: there a person has a menu, and need not type anything. */
export function isDesktopWindow({ protocol }: Pick<Location, 'protocol'> = window.location): boolean {
  return protocol === 'app:'
}
