// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A second, independent relay: ephemeral Nostr events between its clients, and nothing else. It
// serves the page as well. The tests use it where the relay itself is not what is tested.

import {createServer} from 'node:http';
import {readFile} from 'node:fs/promises';
import {extname, join, normalize} from 'node:path';
import {WebSocketServer} from 'ws';

const TYPES = {'.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css'};

// Serves folders; `mounts` maps URL prefixes to them, the longest first.
export async function serveFiles(mounts, port = 0) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://host').pathname);
    if (path === '/favicon.ico') {
      response.statusCode = 204;
      response.end();
      return;
    }
    const prefix = Object.keys(mounts).find(name => path.startsWith(name));
    try {
      const rest = normalize(path.slice(prefix.length) || 'index.html');
      if (rest.startsWith('..'))
        throw new Error('outside of the folder');
      const body = await readFile(join(mounts[prefix], rest === '/' ? 'index.html' : rest));
      response.setHeader('Content-Type', TYPES[extname(rest)] ?? 'text/html');
      response.end(body);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise(done => server.listen(port, '127.0.0.1', done));
  return {server, url: `http://127.0.0.1:${server.address().port}/`};
}

const matches = (filter, event) =>
  (!filter.kinds || filter.kinds.includes(event.kind))
  && (!filter.since || event.created_at >= filter.since)
  && (!filter['#x'] || event.tags.some(([name, value]) => name === 'x' && filter['#x'].includes(value)));

// `mayHear` decides who gets whose events; a client has the `path` of its URL.
export async function startTestRelay(webFolder, port = 0, mayHear = () => true) {
  const {server, url} = await serveFiles({'/': webFolder}, port);
  const sockets = new WebSocketServer({server});
  sockets.on('connection', (socket, request) => {
    socket.path = request.url;
    socket.subscriptions = new Map();
    socket.on('message', data => {
      const [verb, ...rest] = JSON.parse(data);
      if (verb === 'REQ') {
        socket.subscriptions.set(rest[0], rest.slice(1));
        socket.send(JSON.stringify(['EOSE', rest[0]]));
      } else if (verb === 'CLOSE') {
        socket.subscriptions.delete(rest[0]);
      } else if (verb === 'EVENT') {
        socket.send(JSON.stringify(['OK', rest[0].id, true, '']));
        for (const client of [...sockets.clients].filter(other => mayHear(socket, other)))
          for (const [id, filters] of client.subscriptions)
            if (filters.some(filter => matches(filter, rest[0])))
              client.send(JSON.stringify(['EVENT', id, rest[0]]));
      }
    });
  });
  return {
    page: url,
    url: url.replace('http', 'ws'),
    stop: () => {
      sockets.clients.forEach(client => client.terminate());
      server.closeAllConnections();
      return new Promise(done => server.close(done));
    },
  };
}
