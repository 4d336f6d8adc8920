import { createTheme, DEFAULT_THEME, type MantineColorsTuple } from '@mantine/core'

/** The darkest shade is what words are written in on the lightest: some of Mantine's are too faint for that. */
function darkestAs(color: 'teal' | 'green' | 'orange' | 'yellow', darkest: string): MantineColorsTuple {
  return DEFAULT_THEME.colors[color].with(9, darkest) as unknown as MantineColorsTuple
}

export const theme = createTheme({
  primaryColor: 'cyan',
  // Dark enough for white words on it, in both themes.
  primaryShade: 9,
  colors: {
    teal: darkestAs('teal', '#066649'),
    green: darkestAs('green', '#1f6b2f'),
    orange: darkestAs('orange', '#ad3a05'),
    yellow: darkestAs('yellow', '#8a4b00'),
  },
  respectReducedMotion: true,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  components: {
    // Words read better than shouts, and a mode or a state is never cut short.
    Badge: { defaultProps: { tt: 'none', radius: 'sm', miw: 'max-content' } },
    // One that fades keeps the keyboard while it does, and the next key typed is lost in its field.
    Modal: { defaultProps: { transitionProps: { duration: 0 } } },
    // A <header> outside of <main> would be announced as a second head of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
  },
})
