import { shownCharacter } from '../runbook/names.ts'

/** What is wrong with the name of a Compose service, such as `backend`. */
export function serviceProblem(text: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(text)) return undefined
  if (text === '') return 'The name of a service is missing.'
  const wrong = [...text].find(character => !/[A-Za-z0-9._-]/.test(character))
  if (wrong !== undefined) return `A service such as backend has no ${shownCharacter(wrong)} in its name.`
  return /^[._-]/.test(text)
    ? 'The name of a service starts with a letter or a digit.'
    : 'The name of a service has at most 128 characters.'
}

/** What is wrong with the name of a Compose file. */
export function fileProblem(text: string): string | undefined {
  if (text.includes('/'))
    return 'Expected the name of a file in the folder of the project, without a slash: .env is looked for beside it.'
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(text)
    ? undefined
    : 'Expected the name of a file, such as docker-compose.prod.yml.'
}
