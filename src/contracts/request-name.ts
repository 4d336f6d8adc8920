/** What an asker may call a request. Without a colon, which names that strategies give have. */
export const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/
