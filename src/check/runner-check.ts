import { type Expectation, judge, type Verdict } from './expect.ts'
import { type HttpProbeOptions, probeHttp } from './http-probe.ts'
import type { Patience } from './poll.ts'
import { REDIRECTS } from './redirect.ts'
import { inRanges } from './status.ts'
import { probeTcp } from './tcp-probe.ts'
import type { Variables } from './variables.ts'

/** What one probe is told. */
export interface Glance {
  readonly variables: Variables
  readonly signal: AbortSignal
  /** Upper bound for the probe, below what the check itself allows. */
  readonly withinSeconds?: number
}

/** Something that the runner can look at from outside. */
export interface RunnerCheck {
  readonly title: string
  readonly severity: 'fail' | 'warn'
  readonly options: Patience
  /** What is looked at, when it is one URL. */
  readonly url?: URL
  /**
   * What is looked at in its place before the switch and after an undo, for a check that weighs on the server: a site that
   * struggles is not to be hurt, and one that is back has to serve, nothing more.
   */
  readonly light?: RunnerCheck
  /** @throws only the reason of the signal. */
  probe(glance: Glance): Promise<Verdict>
}

/** What every kind of check takes. */
export interface CheckBasics {
  readonly title: string
  readonly severity: 'fail' | 'warn'
  readonly options: Patience
}

/** Seconds for one probe, when the runbook does not say. */
export const PROBE_SECONDS = 5

/** A check by HTTP; `url` comes from `checkUrl`. Redirects are followed unless a redirect is what is expected. */
export function httpCheck(
  basics: CheckBasics,
  url: URL,
  expectation: Expectation,
  request: Pick<HttpProbeOptions, 'headers' | 'lookup'> & { readonly timeoutSeconds?: number } = {},
): RunnerCheck {
  const followRedirects = !expectsRedirect(expectation)
  return {
    ...basics,
    url,
    probe: async glance => {
      const timeoutSeconds = within(glance, request.timeoutSeconds)
      const answer = await probeHttp(url, {
        ...request,
        timeoutSeconds,
        followRedirects,
        signal: glance.signal,
      })
      return judge(answer, expectation, glance.variables)
    },
  }
}

/** A check that something listens. */
export function tcpCheck(
  basics: CheckBasics,
  host: string,
  port: number,
  options: { readonly timeoutSeconds?: number } = {},
): RunnerCheck {
  return {
    ...basics,
    probe: glance =>
      probeTcp(host, port, { timeoutSeconds: within(glance, options.timeoutSeconds), signal: glance.signal }),
  }
}

/**
 * Passes when one of `alternatives` does; they are looked at in their order within one probe, and their own severity and
 * patience do not matter.
 */
export function anyCheck(basics: CheckBasics, alternatives: readonly RunnerCheck[]): RunnerCheck {
  return {
    ...basics,
    probe: async glance => {
      const share =
        glance.withinSeconds === undefined
          ? {}
          : { withinSeconds: glance.withinSeconds / alternatives.length }
      const details: string[] = []
      for (const alternative of alternatives) {
        const verdict = await alternative.probe({ ...glance, ...share })
        const detail = `${alternative.title}: ${verdict.detail}`
        if (verdict.passed) return { ...verdict, detail }
        details.push(detail)
      }
      return { passed: false, detail: details.join('; '), proof: 'weak' }
    },
  }
}

const within = (glance: Glance, own = PROBE_SECONDS): number =>
  Math.round(Math.min(own, glance.withinSeconds ?? own) * 1000) / 1000

const expectsRedirect = ({ status = [] }: Expectation): boolean =>
  REDIRECTS.some(code => inRanges(code, status))
