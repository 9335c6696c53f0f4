// The npm package `socket.io`: what is posted goes to all who listen.
import http from 'node:http';
import { createRequire } from 'node:module';

// packages lie beside the working directory, not beside this file
const { Server } = createRequire(`${process.cwd()}/`)('socket.io');

const server = http.createServer();
const io = new Server(server, { transports: ['websocket'], perMessageDeflate: false, serveClient: false });
server.on('request', (request, response) => {
  if (request.method !== 'POST') return;
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    io.emit('event', Buffer.concat(parts).toString());
    response.end();
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1', 4096);
