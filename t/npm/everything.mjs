// The reference server of npm on a free port of 127.0.0.1, which is the first
// line of output; by itself it takes a port on all addresses.
//
// Copyright (C) the ngx_http_mcp_module authors

import { Server } from 'node:net';

const listen = Server.prototype.listen;

Server.prototype.listen = function () {
    return listen.call(this, 0, '127.0.0.1', () =>
        process.stdout.write(`${this.address().port}\n`));
};

console.log = console.error = () => {};

await import('@modelcontextprotocol/server-everything/dist/transports/'
             + 'streamableHttp.js');
