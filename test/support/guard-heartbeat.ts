/** Holds a file with proper-lockfile at its shortest staleness, tells so, and stays: what the guard is compared with. */
import lockfile from 'proper-lockfile'

await lockfile.lock(process.argv[2] ?? '', { realpath: false, stale: 2_000 })
process.stdout.write('locked\n')
setInterval(() => undefined, 1_000)
