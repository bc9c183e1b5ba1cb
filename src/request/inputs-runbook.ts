import type { Item, Phase } from '../kind/item.ts'
import { phases } from '../runbook/draft.ts'
import { parseItem } from '../runbook/item.ts'
import type { Report, Source } from '../runbook/problem.ts'
import type { Runbook } from '../runbook/runbook.ts'
import { BadInput } from './bad-input.ts'
import type { InputsSource } from './request.ts'

/** The one rollback that inputs can describe. */
const ROLLBACK = 'release'

/**
 * The runbook that says the same as the inputs; apart from positions it equals the one that would be loaded from a file.
 *
 * @param environment as it was asked for.
 * @throws BadInput
 */
export function runbookFromInputs(source: InputsSource, environment = 'production'): Runbook {
  const items: Partial<Record<Phase, readonly Item[]>> = {
    switch: [switchFrom(source)],
    start: source.reload.map((unit, at) =>
      itemFrom('reload', at + 1, 'start', { systemd: { reload: [unit] } }),
    ),
    verify: source.smoke.map((target, at) => itemFrom('smoke', at + 1, 'verify', { http: target })),
  }
  return {
    file: FILE,
    app: source.app,
    notify: [],
    environments: {
      [environment]: {
        name: environment,
        url: source.url,
        hosts: source.hosts,
        confirm: undefined,
        drills: false,
        state: undefined,
        onLostContact: undefined,
        hold: undefined,
      },
    },
    rollbacks: {
      [ROLLBACK]: {
        name: ROLLBACK,
        title: undefined,
        rto: undefined,
        confirm: undefined,
        dataLoss: false,
        escalate: undefined,
        include: [],
        hold: undefined,
        onLostContact: undefined,
        phases: phases(phase => items[phase] ?? []),
        migrations: [],
        later: [],
      },
    },
    databases: {},
    drills: {},
    triggers: [],
    watch: {},
    checks: {},
  }
}

const FILE = 'inputs'

/** Inputs have no columns, and their lines are counted as the user wrote them. */
const place = (input: string, line: number) => ({ file: `${FILE}: ${input}`, line, column: 1 })

const switchFrom = ({ path, compose, services }: InputsSource): Item =>
  compose === undefined
    ? itemFrom('path', 1, 'switch', { symlink: { path } })
    : itemFrom('services', 1, 'switch', { images: { compose, services } })

/** By the way that items of a file go, so that both can't drift apart. */
function itemFrom(input: string, line: number, phase: Phase, raw: object): Item {
  const source: Source = { position: () => place(input, line), written: () => undefined }
  const problems: { field: string; message: string }[] = []
  const report: Report = (_, message) => {
    problems.push({ field: input, message })
  }
  const item = parseItem(raw, phase, [], source, report)
  if (item === undefined || problems.length > 0) throw new BadInput(problems)
  return item
}
