import { createServer } from 'node:http'
import pg from 'pg'
import { inTrouble } from './mode.js'
import release from './version.json' with { type: 'json' }

const { DATABASE_URL, LOG_LEVEL, MODE } = process.env
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 2 })
// A session that is ended by the server is opened again.
database.on('error', () => {})

const health = async () => {
  if (inTrouble(MODE)) throw new Error(`MODE=${MODE} is not what it was thought to be`)
  const { rows } = await database.query('select count(*)::int as readings from readings')
  return { ...release, mode: MODE, level: LOG_LEVEL, ...rows[0] }
}

const answer = (response, status, body) => {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

createServer(async ({ url }, response) => {
  if (url === '/live') return answer(response, 200, {})
  if (url !== '/api/health') return answer(response, 404, {})
  try {
    answer(response, 200, await health())
  } catch (error) {
    console.error(`health: ${error.message}`)
    answer(response, 500, { ...release, error: error.message })
  }
}).listen(3000)
