/** The secrets of one job. A secret is hidden from the moment it is known, in main and in post. */
export interface Masks {
  add(secret: string): void
  mask(text: string): string
}

const XML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Base64 of the text, and of the text without its first one and two bytes: what it looks like inside other Base64. */
const base64 = (text: string): string[] => {
  const bytes = Buffer.from(text)
  return [0, 1, 2]
    .filter(shift => shift < bytes.length)
    .map(shift => bytes.subarray(shift).toString('base64'))
}

/** The forms of a secret that the runner hides besides the secret itself (`HostContext.cs`, `ValueEncoders.cs`). */
const forms = (secret: string): string[] => [
  secret,
  ...base64(secret),
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret),
  secret.replace(/[&<>"']/g, character => XML[character] ?? character),
  secret.replaceAll("'", "''"),
  secret.replace(/^"(.*)"$/s, '$1'),
]

/** Hides whole secrets and each of their lines, as `***`; hits that overlap become one. */
export const makeMasks = (): Masks => {
  const hidden = new Set<string>()
  return {
    add(secret) {
      const lines = secret.split(/[\r\n]/).map(line => line.trim())
      for (const part of [secret, ...lines])
        for (const form of part === '' ? [] : forms(part)) if (form !== '') hidden.add(form)
    },
    mask(text) {
      const hits: { start: number; end: number }[] = []
      for (const form of hidden)
        for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + 1))
          hits.push({ start, end: start + form.length })
      if (hits.length === 0) return text
      hits.sort((a, b) => a.start - b.start)
      let result = ''
      let done = 0
      for (const { start, end } of hits) {
        if (start > done || done === 0) result += `${text.slice(done, start)}***`
        done = Math.max(done, end)
      }
      return result + text.slice(done)
    },
  }
}
