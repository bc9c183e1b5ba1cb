/** What the three small files of `dist/` call; one bundle serves them all. */
export { cli } from './cli.ts'
export { main } from './main.ts'
export { post } from './post.ts'
