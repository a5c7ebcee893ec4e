#!/usr/bin/perl

# HTTP/2: the same answers, by prior knowledge and in parallel streams.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(
    listen => 'http2',
    location => 'mcp; mcp_tools demo;',
    server => <<'EOC',
    http2_max_field_size 16k;
    http2_max_header_size 64k;

    location = /plain {
        return 200 plain;
    }

    location = /small {
        mcp;
        mcp_tools demo;
        client_max_body_size 1k;
        client_body_buffer_size 1k;
    }

    location = /file {
        mcp;
        mcp_tools demo;
        client_max_body_size 4m;
        client_body_buffer_size 1k;
    }
EOC
)->start;

my @h2 = (args => ['--http2-prior-knowledge']);

plan(skip_all => 'nginx or curl without HTTP/2')
    if ($t->curl(@h2, uri => '/plain')->version // '') ne '2';

my $r;


sub rpc {
    my ($method, $params, %o) = @_;
    return $t->curl_rpc($method, $params, @h2, %o);
}


sub call {
    my ($tool, $arguments, %o) = @_;
    return rpc('tools/call', { name => $tool, arguments => $arguments }, %o);
}


$r = call('add', { a => 1, b => 2 });
ok_result($r, 'a call');
is($r->version, '2', 'is HTTP/2');
is($r->result->{structuredContent}{sum}, 3, 'and adds');
ok_result(rpc('server/discover'), 'server/discover');
ok_result(rpc('tools/list'), 'tools/list');
ok_result(rpc('tools/list', {}, era => 'legacy'), 'tools/list, legacy');
ok_accepted(rpc('notifications/x', {}, id => undef), 'a notification');

ok_error(rpc('no/such'), 404, -32601, 'an unknown method');
ok_error(rpc('tools/list', {}, meta => undef), 400, -32602, 'no _meta');
ok_error(rpc('tools/list', {}, body => '{'), 400, -32700, 'no JSON');
ok_error(rpc('tools/list', {}, body => ''), 400, -32700, 'no body');
ok_error(call('add', {}, headers => { 'Mcp-Name' => 'echo' }), 400, -32020,
         'another name in the header');
ok_error(call('add', {}, headers => { 'Mcp-Name' => ['add', 'add'] }), 400,
         -32020, 'two headers');
ok_error(call('add', {}, headers => { 'Mcp-Method' => undef }), 400, -32020,
         'no Mcp-Method');
# refused before the body is read: without one, since curl gives up on a stream
# that is reset while it sends

my @post = (args => ['--http2-prior-knowledge', '-X', 'POST']);

ok_error($t->curl(@post, headers => [Origin => 'http://e.com']), 403, -32600,
         'a foreign Origin');
ok_error($t->curl(@post, headers => ['Content-Type' => 'application/json',
                                     Accept => 'a/b']), 406, -32600,
         'Accept');
ok_error($t->curl(@post, headers => ['Content-Type' => 'a/b']), 415, -32600,
         'Content-Type');
ok_error($t->curl(@h2), 405, -32600, 'GET');

my $long = 'x' x 300000;

is(call('echo', { text => $long }, uri => '/file')->text, $long,
   'a body in a file');
is(call('echo', { text => $long })->text, $long, 'a body of many frames');
is(call('echo', { text => $long }, args =>
        ['--http2-prior-knowledge', '--limit-rate', '2M'])->text,
   $long, 'a slow body');

for (1 .. 50) {
    $r = call('echo', { text => 'x' x 2000 }, uri => '/small');
    last if $r->status;
}

ok_error($r, 413, -32600, 'a body that is too large');

ok_result(call('add', { a => 1, b => 2 },
               headers => { 'X-Huge' => 'x' x 8000 }),
          'a header of 8,000 bytes');

is($t->curl(args => ['--http2-prior-knowledge', '--head'])->status, 405,
   'HEAD');

finish();
