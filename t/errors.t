#!/usr/bin/perl

# Errors that nginx makes in a location with mcp are JSON-RPC too.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(servers => <<'EOC')->start;
limit_req_zone $server_name zone=req:1m rate=1r/m;
limit_req_zone $server_name zone=more:1m rate=1r/m;

server {
    listen 127.0.0.1:%%PORT_0%%;
    server_name localhost;
    mcp_tools demo;

    location = /mcp { mcp; }

    location = /limited {
        mcp;
        limit_req zone=req;
    }

    location = /limited429 {
        mcp;
        limit_req zone=more;
        limit_req_status 429;
    }

    location = /denied {
        mcp;
        deny all;
    }

    location = /basic {
        mcp;
        auth_basic mcp;
        auth_basic_user_file %%DIR%%/users;
    }

    location = /checked {
        mcp;
        auth_request /auth;
    }

    location = /auth { return 401; }

    location = /down {
        mcp;
        auth_request /broken;
    }

    location = /broken { return 502; }

    location = /page {
        mcp;
        error_page 403 404 405 413 @page;
        client_max_body_size 100;
    }

    location = /denied_page {
        mcp;
        deny all;
        error_page 403 @page;
    }

    location @page {
        default_type text/plain;
        return 200 "operator\n";
    }

    location = /html {
        deny all;
    }

    location = /internal {
        mcp;
        internal;
    }
}
EOC

$t->write_file('users', "user:{PLAIN}secret\n");

my $call = { name => 'add', arguments => { a => 1, b => 2 } };
my $r;


sub error {
    my ($uri, $status, $name, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    for my $era (qw(rpc legacy)) {
        my $r = $t->$era('tools/call', $call, uri => $uri, id => 77, %o);

        ok($r->status == $status
           && ($r->header('Content-Type') // '') eq 'application/json'
           && ($r->header('Content-Length') // '') eq length $r->body
           && $r->error && $r->code =~ /^-32\d{3}$/
           && (!exists $r->json->{id} || $r->id eq 77),
           "$name: JSON-RPC with status $status ($era)")
            or diag(($r->status // '') . ' ' . $r->body);
    }

    return;
}


# the phases after the body was read know the id

ok_result($t->rpc('tools/call', $call, uri => '/limited'), 'limit_req: once');
error('/limited', 503, 'limit_req');
is($t->rpc('tools/list', {}, uri => '/limited', id => 'x')->id, 'x',
   'limit_req: the id is echoed');
ok_result($t->rpc('tools/call', $call, uri => '/limited429'),
          'limit_req_status: once');
error('/limited429', 429, 'limit_req_status');
error('/denied', 403, 'deny');
is($t->rpc('tools/list', {}, uri => '/denied', id => 'x')->id, 'x',
   'deny: the id is echoed');
error('/basic', 401, 'auth_basic');
like($t->rpc('tools/list', {}, uri => '/basic')->header('WWW-Authenticate'),
     qr/^Basic/, 'auth_basic: with its challenge');
ok_result($t->rpc('tools/list', {}, uri => '/basic', headers =>
                  { Authorization => 'Basic dXNlcjpzZWNyZXQ=' }),
          'auth_basic: with credentials');
error('/checked', 401, 'auth_request');
error('/down', 500, 'auth_request that fails');
error('/mcp', 413, 'too large', body => 'x' x 1100000);
error('/mcp', 413, 'too large, chunked', body => 'x' x 1100000,
      chunked => 10000);

$r = $t->rpc('notifications/x', {}, id => undef, uri => '/denied');
is($r->status, 403, 'a notification that is denied');
ok(!$r->json || !exists $r->json->{id}, 'has no id');


# other methods of HTTP

for my $method (qw(GET DELETE PUT PATCH OPTIONS PROPFIND FOO)) {
    $r = $t->post(undef, method => $method);
    ok_error($r, 405, -32600, "$method");
    is($r->header('Allow'), 'POST', "$method: Allow");
}

$r = $t->post(undef, method => 'HEAD');
is($r->status, 405, 'HEAD');
is($r->header('Allow'), 'POST', 'HEAD: Allow');
is($r->body, '', 'HEAD: no body');

$r = $t->exchange($t->http_bytes(method => 'HEAD', headers =>
    [Connection => 'keep-alive']) . $t->http_bytes(uri => '/html'),
    method => 'HEAD');
is($r->status, 405, 'HEAD: the connection is intact');

is($t->post('{}', method => 'PUT', headers => { 'Content-Length' => 100000 })
     ->status, 405, 'PUT is refused before its body was sent');
is($t->post(undef, method => 'TRACE')->status, 405, 'TRACE');


# what the operator says goes first

is($t->rpc('tools/call', $call, uri => '/denied_page')->body, "operator\n",
   'error_page for an error of nginx');
is($t->rpc('tools/list', {}, uri => '/page', body => 'x' x 200)->body,
   "operator\n", 'error_page for 413');
is($t->rpc('no/such', {}, uri => '/mcp')->status, 404,
   'errors of the endpoint keep their status');
like($t->post('', uri => '/html')->body, qr/<html>/,
     'other locations have the pages of nginx');
is($t->rpc('tools/list', {}, uri => '/nowhere')->status, 404,
   'as has what is no location');
is($t->rpc('tools/list', {}, uri => '/internal')->status, 404,
   'an internal location stays internal');

finish();
