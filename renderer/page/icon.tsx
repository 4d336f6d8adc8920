/** Line drawings on a 16 × 16 grid. */
const PATHS = {
  trading: 'M1.5 11.5 5.5 7l3 2.5 6-6.5M10.5 3h4v4',
  blind: 'M2 2l12 12M6.6 4a7 7 0 0 1 7.9 4 8.5 8.5 0 0 1-1.7 2.3M4.3 5A8.5 8.5 0 0 0 1.5 8a7.2 7.2 0 0 0 8.8 3.7',
  blocked: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM3.5 12.5l9-9',
  crashed: 'M8 1.8 15 14H1zM8 6.2v3.6M8 12v.1',
  stopped: 'M4 4h8v8H4z',
  moving: 'M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3M3.4 3.4l2.1 2.1M10.5 10.5l2.1 2.1M3.4 12.6l2.1-2.1M10.5 5.5l2.1-2.1',
  waiting: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM8 4.5V8l2.5 1.8',
  play: 'M4.5 2.8v10.4L13 8z',
  stop: 'M4 4h8v8H4z',
  restart: 'M13.5 8a5.5 5.5 0 1 1-1.7-4M13.5 1.5v3.3h-3.3',
  live: 'M8 6.8a1.2 1.2 0 1 1 0 2.4 1.2 1.2 0 0 1 0-2.4zM4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4M2.7 13.3a7.5 7.5 0 0 1 0-10.6M13.3 2.7a7.5 7.5 0 0 1 0 10.6',
  paper: 'M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3M5.8 8h4.4M5.8 11h4.4',
  online: 'M2.5 8.5l3.5 3.5 7.5-8',
  down: 'M8 2.5v10M3.5 8.5 8 13l4.5-4.5',
  accounts: 'M1.5 3h13M1.5 8h13M1.5 13h13M5 1.8v2.4M10.5 6.8v2.4M5 11.8v2.4',
  log: 'M3 2h10v12H3zM5.5 5h5M5.5 8h5M5.5 11h3',
  calendar: 'M2 3.5h12v10.5H2zM2 6.8h12M5 1.8v3M11 1.8v3',
  cloud: 'M4.5 12.5a3 3 0 0 1-.3-6 4 4 0 0 1 7.7 1 2.6 2.6 0 0 1-.4 5z',
  settings: 'M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M10.5 3v3M5.5 10v3',
  health: 'M1.5 8.5h3l2-5 3 9 2-4h3',
  add: 'M8 2.5v11M2.5 8h11',
  search: 'M7 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6zM10.6 10.6l3.4 3.4',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  warning: 'M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM8 4.8v4M8 11.2v.1',
  flatten: 'M1.5 12.5h13M3 3l3.5 5.5M13 3 9.5 8.5M8 2v7',
  columns: 'M2 2.5h12v11H2zM6 2.5v11M10 2.5v11',
  table: 'M2 2.5h12v11H2zM2 6h12M2 9.8h12',
  cards: 'M2 2.5h5v5H2zM9 2.5h5v5H9zM2 9.5h5v4H2zM9 9.5h5v4H9z',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  sortUp: 'M8 3v10M4 7l4-4 4 4',
  sortDown: 'M8 13V3M4 9l4 4 4-4',
} as const

export type IconName = keyof typeof PATHS

/** A small drawing; it never says anything the words beside it do not. */
export function Icon({ name, size = 14 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      className="icon"
    >
      <path d={PATHS[name]} />
    </svg>
  )
}
