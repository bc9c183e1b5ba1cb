import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../src/serving/nginx-config.ts'
import { linksForPhp, readNginxFiles } from '../../../src/serving/nginx-php.ts'

const LINK = '/srv/app/current'

/** What a host with these files says, and what is found in it. */
const found = (files: Readonly<Record<string, string>>) =>
  linksForPhp(
    readNginxFiles(
      Object.entries(files).flatMap(([file, text]) =>
        text.split('\n').map((line, at) => `nginx /etc/nginx/${file}:${at + 1}:${line}`),
      ),
    ),
    '/etc/nginx',
    LINK,
  ).map(({ file, line, parameter }) => `${file.slice('/etc/nginx/'.length)}:${line} ${parameter}`)

const site = (location: string, root = `${LINK}/public`) =>
  `http { server {\n root ${root};\n location ~ \\.php$ {\n fastcgi_pass unix:/run/php.sock;\n${location}\n } } }`

describe('what PHP is given through the link', () => {
  test('Debian’s own snippet', () => {
    expect(
      found({
        'nginx.conf': site(' include snippets/fastcgi-php.conf;'),
        'snippets/fastcgi-php.conf': 'fastcgi_split_path_info ^(.+?\\.php)(/.*)$;\ninclude fastcgi.conf;',
        'fastcgi.conf':
          'fastcgi_param  SCRIPT_FILENAME    $document_root$fastcgi_script_name;\nfastcgi_param  DOCUMENT_ROOT  $document_root;',
      }),
    ).toEqual(['fastcgi.conf:1 SCRIPT_FILENAME', 'fastcgi.conf:2 DOCUMENT_ROOT'])
  })

  test('the real path behind the include counts, in front of it does not', () => {
    const real = ' fastcgi_param SCRIPT_FILENAME $realpath_root$fastcgi_script_name;'
    const include = ' include fastcgi.conf;'
    const snippet = { 'fastcgi.conf': 'fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;' }
    expect(found({ 'nginx.conf': site(include + real), ...snippet })).toEqual([])
    expect(found({ 'nginx.conf': site(real + include), ...snippet })).toEqual([
      'fastcgi.conf:1 SCRIPT_FILENAME',
    ])
  })

  test('a path that names the link is the same trouble', () => {
    const literal = ` fastcgi_param SCRIPT_FILENAME "${LINK}/public/index.php";`
    expect(found({ 'nginx.conf': site(literal) })).toEqual(['nginx.conf:5 SCRIPT_FILENAME'])
  })

  test('another application is none of our business', () => {
    const unsafe = ' fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;'
    for (const root of ['/srv/app/current-old/public', '/srv/other/current', '/var/www/html'])
      expect(found({ 'nginx.conf': site(unsafe, root) })).toEqual([])
  })

  test('what a level passes of its own takes the place of all that it would inherit', () => {
    const http = (location: string) =>
      `http {\nfastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\nserver { root ${LINK}; location / { ${location} fastcgi_pass x; } } }`
    expect(found({ 'nginx.conf': http('') })).toEqual(['nginx.conf:2 SCRIPT_FILENAME'])
    expect(found({ 'nginx.conf': http('fastcgi_param APP_ENV production;') })).toEqual([])
    expect(found({ 'nginx.conf': http('fastcgi_param SCRIPT_FILENAME $realpath_root/index.php;') })).toEqual(
      [],
    )
  })

  test('comments, files that nothing includes, and folders in another shape say nothing', () => {
    const unsafe = site(' fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;')
    expect(found({ 'nginx.conf': site('# fastcgi_param SCRIPT_FILENAME $document_root;') })).toEqual([])
    expect(found({ 'nginx.conf': 'http { include sites/*.conf; }', 'off/a.conf': unsafe })).toEqual([])
    expect(found({ 'nginx.conf': 'include sites/*.conf;', 'sites/a.conf': unsafe })).toHaveLength(1)
    expect(found({ 'nginx.conf': 'include sites/*.conf;', 'sites/a.conf.bak': unsafe })).toEqual([])
  })

  test('files that include each other come to an end', () => {
    const again = 'include *.conf; include *.conf;'
    expect(found({ 'nginx.conf': again, 'a.conf': again, 'b.conf': again })).toEqual([])
  })

  test('a host that makes up includes and files by the thousand holds nobody up', () => {
    const names = Array.from({ length: 4990 }, (_, at) => [`${'y'.repeat(20)}${at}`, ';'])
    const patterns = Array.from({ length: 20_000 }, (_, at) => `include *x${at};`).join('')
    const long = 'fastcgi_param A b;'.repeat(9000) + 'location { fastcgi_pass x; }'.repeat(9000)
    for (const text of ['include *x;'.repeat(20_000), patterns, `root ${LINK};${long}`]) {
      const began = performance.now()
      expect(found({ 'nginx.conf': text, ...Object.fromEntries(names) })).toEqual([])
      expect(performance.now() - began).toBeLessThan(15_000)
    }
  })

  test('whatever a host prints, reading it ends and throws nothing', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      ';',
      '"',
      "'",
      '\\',
      '$',
      '${',
      '#',
      '*',
      'include',
      ' ',
      'root',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 30 }), { maxLength: 30 }), lines => {
        const texts = lines.map(each => each.join(''))
        readConfig(
          'f',
          texts.map((text, number) => ({ number, text })),
        )
        found({ 'nginx.conf': texts.join('\n') })
      }),
    )
    const stars = `include ${'*a'.repeat(2000)}b;`
    expect(found({ 'nginx.conf': stars, [`${'a'.repeat(4000)}`]: 'x;' })).toEqual([])
  })
})
