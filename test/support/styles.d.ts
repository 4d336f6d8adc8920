/** Style sheets that parts of the page import for their effect; a bundler's affair. */
declare module '*.css' {}
