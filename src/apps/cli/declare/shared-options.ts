import { Option } from 'commander'

export type WithJson = { json?: boolean }

export const json = () => new Option('--json', 'one JSON value on standard output, everything else on standard error')
export const all = () => new Option('--all', 'every account')
export const yes = () => new Option('--yes', 'confirm beforehand, for scripts')
