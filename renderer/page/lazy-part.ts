import { lazy, type ComponentType, type LazyExoticComponent } from 'react'

/** The code of a part of the page did not come: the launcher that has it does not answer, or has another version of it. */
export class NotLoaded extends Error {}

/** A part of the page whose code is loaded when it is first shown. Throws {@link NotLoaded} where that fails. */
export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => {
    try {
      return { default: await load() }
    } catch (error) {
      throw new NotLoaded('A part of this page could not be loaded.', { cause: error })
    }
  })
}
