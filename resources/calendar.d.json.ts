/** Checked where it is read (src/adapters/calendar), so its shape is not promised here. */
declare const calendar: unknown
export default calendar
