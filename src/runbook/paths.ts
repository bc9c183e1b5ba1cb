import { shownCharacter } from './names.ts'

const CHARACTER = /[A-Za-z0-9._+@,:=~/-]/

/**
 * What is wrong with an absolute path on a host, with one that would work where it can be guessed. Paths are taken as
 * they are written: nothing expands them, and only one spelling of each is accepted, so that two can be compared.
 */
export function pathProblem(text: string): string | undefined {
  return (
    spellingProblem(text) ??
    (text.startsWith('/')
      ? undefined
      : `Expected an absolute path, starting with /.${/^~/.test(text) ? ' ~ is not expanded: write the whole path.' : ''}`) ??
    (text === '/' ? 'The root of the file system is not a folder that can be worked in.' : undefined) ??
    (/^\/(proc|sys|dev)(\/|$)/.test(text)
      ? 'Paths in /proc, /sys and /dev are not files of an app.'
      : undefined) ??
    normalProblem(text)
  )
}

/** What is wrong with a path below another one, such as `backend/.env`. */
export function relativePathProblem(text: string): string | undefined {
  const problem = spellingProblem(text)
  if (problem !== undefined) return problem
  if (text.startsWith('/')) return 'Expected a path below the folder, without / at its start.'
  if (/^~/.test(text)) return '~ is not expanded.'
  return normalProblem(text)
}

function spellingProblem(text: string): string | undefined {
  if (text === '') return 'The path is missing.'
  if (text !== text.trim())
    return `Remove the spaces or line breaks around it${CHARACTER.test(text) ? '' : ', and write a path'}.`
  if (/^[A-Za-z]:[\\/]/.test(text))
    return 'This is a Windows path. Expected an absolute POSIX path, such as /srv/app.'
  if (/\$/.test(text)) return 'Variables are not expanded here. Write the path out, such as /home/deploy/app.'
  const characters = [...text]
  const wrong = characters.findIndex(character => !CHARACTER.test(character))
  if (wrong >= 0) {
    const at = `It has ${shownCharacter(characters[wrong] ?? '')} at character ${wrong + 1}`
    return `${at}; a path has only A-Z a-z 0-9 / . _ + @ , : = ~ and -.`
  }
  if (text.length > 1024) return `It has ${text.length} characters; a path has at most 1024.`
  if (text.split('/').some(part => part.length > 255)) return 'One part of it is longer than 255 characters.'
  return undefined
}

function normalProblem(text: string): string | undefined {
  const parts = text.split('/')
  if (parts.includes('..')) return 'A path with .. can lead anywhere. Write it without.'
  const normal = `${text.startsWith('/') ? '/' : ''}${parts.filter(part => part !== '' && part !== '.').join('/')}`
  if (normal === text) return undefined
  return `Expected its plain spelling${normal === '/' || normal === '' ? '' : `: ${normal}`}.`
}
