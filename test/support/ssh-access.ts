import { createConnection } from 'node:net'
import type { AuthContext, Connection, ParsedKey } from 'ssh2'

/** Answers one attempt to log in. Only a signature with an authorised key gets in. */
export const authenticate = (
  context: AuthContext,
  users: readonly string[],
  keys: readonly ParsedKey[],
): void => {
  const known =
    context.method === 'publickey' && users.includes(context.username)
      ? keys.find(key => key.getPublicSSH().equals(context.key.data))
      : undefined
  if (context.method !== 'publickey' || !known) {
    context.reject(['publickey'])
    return
  }
  const { blob, signature, hashAlgo } = context
  // Without a signature the client only asks whether the key would do.
  const asksOnly = !blob || !signature
  if (asksOnly || known.verify(blob, signature, hashAlgo) === true) context.accept()
  else context.reject(['publickey'])
}

/** Lets a client reach other hosts through this one; it leads nowhere but to this machine. */
export const forwardPorts = (client: Connection): void => {
  client.on('tcpip', (accept, reject, info) => {
    if (info.destIP !== '127.0.0.1' && info.destIP !== 'localhost') {
      reject()
      return
    }
    const channel = accept()
    const socket = createConnection({ port: info.destPort, host: '127.0.0.1', noDelay: true })
    for (const stream of [channel, socket]) stream.on('error', () => socket.destroy())
    channel.pipe(socket).pipe(channel)
    channel.on('close', () => socket.destroy())
    socket.on('close', () => channel.end())
  })
}
