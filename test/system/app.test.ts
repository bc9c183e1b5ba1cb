import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { APP_PATH, BAD_DEPLOY, layApplication, revisionOf } from './app.ts'
import { type Fleet, startHosts } from './hosts/hosts.ts'

let fleet: Fleet<['web']>

beforeAll(async () => {
  fleet = await startHosts(['web'])
  await layApplication(fleet[0])
})
afterAll(() => fleet?.[Symbol.asyncDispose]())

const get = async (path: string) => {
  const answer = await fetch(`http://127.0.0.1:${fleet[0].httpPort}${path}`)
  return { status: answer.status, text: (await answer.text()).trim() }
}

const point = (release: string) =>
  fleet[0].run(`cd ${APP_PATH} && ln -s releases/${release} next && mv -T next current`, 'deploy')

describe('the application on a test host', () => {
  test('serves its newest release, which is broken', async () => {
    expect((await get('/')).text).toContain('Release 3')
    expect(await get('/healthz')).toMatchObject({ status: 500 })
    expect(await get('/version.json')).toEqual({ status: 200, text: '{"release":"3","ok":false}' })
  })

  test('looks as a deploy tool left it', async () => {
    const said = await fleet[0].run(
      'cd /srv/app; ls -tr releases; readlink current; cat releases/2/REVISION; stat -c %U current releases/*',
      'deploy',
    )
    expect(said.stdout).toBe(`1\n2\n3\nreleases/3\n${revisionOf('2')}\n${'deploy\n'.repeat(4)}`)
  })

  test('serves an earlier release from the moment the link names it, its service from the reload on', async () => {
    expect(await point('2')).toMatchObject({ code: 0 })
    expect(await get('/healthz')).toEqual({ status: 200, text: 'ok' })
    expect(await get('/version.json')).toEqual({ status: 200, text: '{"release":"2","ok":true}' })
    expect((await get('/app/version.json')).text).toContain('"release":"3"')

    expect(await fleet[0].run('sudo -n systemctl reload demo-app', 'deploy')).toMatchObject({ code: 0 })
    await expect
      .poll(() => get('/app/version.json'))
      .toEqual({ status: 200, text: '{"release":"2","ok":true}' })
  })

  test('can be laid out again, over what a test made of it', async () => {
    await layApplication(fleet[0], { ...BAD_DEPLOY, broken: [] })
    for (const path of ['/version.json', '/app/version.json'])
      expect(await get(path)).toEqual({ status: 200, text: '{"release":"3","ok":true}' })
  })
})
