import type { Output, Style } from './output.ts'

const STYLE_OF: Readonly<Record<string, Style>> = {
  trading: 'green',
  starting: 'cyan',
  reconciling: 'cyan',
  stopping: 'cyan',
  blind: 'yellow',
  blocked: 'yellow',
  'backing-off': 'yellow',
  crashed: 'red',
  stopped: 'dim',
}

/** Colours a bot's state as its urgency asks. */
export function paintState(out: Output, state: string, text: string): string {
  const style = STYLE_OF[state]
  return style === undefined ? text : out.paint(style, text)
}
