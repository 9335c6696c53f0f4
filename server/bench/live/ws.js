// The npm package `ws`: what is posted goes to all who listen.
import http from 'node:http';
import { createRequire } from 'node:module';

// packages lie beside the working directory, not beside this file
const { WebSocketServer } = createRequire(`${process.cwd()}/`)('ws');

const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const text = Buffer.concat(parts);
    for (const client of sockets.clients) client.send(text, { binary: false });
    response.end();
  });
});
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
server.listen(Number(process.argv[2]), '127.0.0.1', 4096);
