import { createTheme } from '@mantine/core'

export const theme = createTheme({
  primaryColor: 'cyan',
  // Dark enough for white words on it, in both themes.
  primaryShade: 9,
  respectReducedMotion: true,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  components: {
    // Words read better than shouts, and a mode or a state is never cut short.
    Badge: { defaultProps: { tt: 'none', radius: 'sm', miw: 'max-content' } },
  },
})
