import type { NoAnswer } from './answer.ts'
import { shownText } from './shown.ts'

export const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308]
const LOGIN: ReadonlySet<string> = new Set(
  'login log-in log_in login.php wp-login.php signin sign-in sign_in sso oauth oauth2 saml'.split(' '),
)

export const isRedirect = (status: number): boolean => REDIRECTS.includes(status)

/**
 * Where a redirect may be followed to: the same origin, or from http to https on the same name. Anything else would let
 * another server, or a sign-in page that always answers 200, speak for the one that is checked.
 */
export function redirectTarget(from: URL, location: string): URL | NoAnswer {
  const to = URL.parse(location, from.href)
  if (to === null) return failed('redirected to something that is not a URL')
  const secured = from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname
  if (to.origin !== from.origin && !secured) {
    return failed(`redirected to another host (${shownText(to.origin)}), which is not followed`)
  }
  if (to.username !== '' || to.password !== '') return failed('redirected to a URL with a password in it')
  if (isLogin(to) && !isLogin(from)) {
    return failed(
      `redirected to a login page (${shownText(to.pathname)}): check a path that needs no sign-in`,
    )
  }
  return to
}

const isLogin = (url: URL): boolean =>
  url.pathname.split('/').some(segment => LOGIN.has(segment.toLowerCase()))

const failed = (error: string): NoAnswer => ({ trouble: 'redirect', error })
