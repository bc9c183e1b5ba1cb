import { ownLabels, type Project } from './project.ts'

// Asks the engine for the addresses of `web` each second, and tries another one when one is gone.
const SERVER = `server {
  listen 80; resolver 127.0.0.11 valid=1s;
  location / {
    set $$web http://web:80; proxy_pass $$web; proxy_connect_timeout 300ms;
    proxy_next_upstream error timeout http_502; proxy_next_upstream_tries 4;
  }
}`

/** A Compose file with the service `web` behind nginx, which has the port on 127.0.0.1. */
export const proxiedFile = (project: Project, image: string, port: number): string => `name: ${project.name}
services:
  web:
    image: ${image}
    init: true
${ownLabels()}
  proxy:
    image: rollbook-test-host:ready
    init: true
    ports: ["127.0.0.1:${port}:80"]
    environment: { CONF: '${SERVER.replaceAll('\n', ' ')}' }
    command: ["sh", "-c", "echo $$CONF >/etc/nginx/sites-available/default; exec nginx -g 'daemon off;'"]
    tmpfs: [/tmp]
${ownLabels()}
`
