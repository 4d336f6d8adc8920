/** Checked where it is read (src/apps/cloud/pool), so its shape is not promised here. */
declare const seed: unknown
export default seed
