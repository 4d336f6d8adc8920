import { createSpotlight } from '@mantine/spotlight'

/** The palette's own switch: keys and buttons open it without being its parents. */
export const [paletteStore, palette] = createSpotlight()
