/**
 * Every way in which a secret shows up in the output of ordinary programs. The GitHub runner knows some of them, but
 * masks only the log and, line by line, the summary: never the record, and never before it has been told.
 */
export function secretForms(value: string): string[] {
  const forms = new Set<string>()
  for (const spelling of [value, value.normalize('NFC'), value.normalize('NFD')]) {
    for (const form of [spelling, ...textForms(spelling), ...byteForms(Buffer.from(spelling))]) {
      if (form.length >= 4) forms.add(form)
    }
  }
  return [...forms]
}

function textForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  // Lower-case unit by unit, as Python and PHP write it.
  const ascii = json.replace(/[^ -~]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return [
    json,
    ascii,
    json.replaceAll('/', '\\/'),
    ascii.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    ...urlForms(value.toWellFormed()),
    // 'it'\''s' and 'it'"'"'s' in shells, 'it''s' in SQL and YAML.
    value.replaceAll("'", "'\\''"),
    value.replaceAll("'", `'"'"'`),
    value.replaceAll("'", "''"),
    value.replace(/["\\$`]/g, '\\$&'),
    value.replace(/['"\\]/g, '\\$&'),
    value.replace(/[^\w@%+=:,./\-\u0080-\uffff]/g, '\\$&'),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    htmlQuoted(value, '&#39;'),
    htmlQuoted(value, '&apos;'),
    htmlQuoted(value, '&#039;'),
  ]
}

const htmlQuoted = (value: string, apostrophe: string): string =>
  value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", apostrophe)

function urlForms(value: string): string[] {
  const component = encodeURIComponent(value)
  const strict = component.replace(/[!'()*]/g, mark => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
  // The form of `https://user:password@host`, which escapes less than a query does.
  const url = new URL('http://host')
  url.password = value
  return [
    component,
    strict,
    encodeURI(value),
    url.password,
    component.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
  ].flatMap(form => [form, form.replace(/%[0-9A-F]{2}/g, escaped => escaped.toLowerCase())])
}

function byteForms(bytes: Buffer): string[] {
  const hex = bytes.toString('hex')
  const standalone = bytes.toString('base64')
  const base64 = [
    standalone,
    standalone.replace(/=+$/, ''),
    ...[0, 1, 2].map(before => base64Core(bytes, before)),
  ]
  // `base64` breaks its output after 76 characters, PEM tools after 64.
  const wrapped = [64, 76].flatMap(width => (standalone.length > width ? chunks(standalone, width) : []))
  return [hex, hex.toUpperCase(), ...[...base64, ...wrapped].flatMap(form => [form, urlSafe(form)])]
}

/** The characters that stay the same whatever stands around `bytes` when `before` bytes (mod 3) come first. */
function base64Core(bytes: Buffer, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6))
}

const urlSafe = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_')

const chunks = (whole: string, width: number): string[] =>
  // A short last chunk would be masked all over the place.
  (whole.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).filter(chunk => chunk.length >= 16)
