#!/usr/bin/perl

# Request bodies on the connection: sizes, keep-alive, half and lying ones.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(servers => <<'EOC')->start;
server {
    listen 127.0.0.1:%%PORT_0%%;
    client_max_body_size 1k;
    client_header_buffer_size 4k;
    large_client_header_buffers 4 8k;
    mcp_tools demo;

    location = /mcp { mcp; }

    location = /big {
        mcp;
        client_max_body_size 0;
    }

    location = /hasty {
        mcp;
        client_body_timeout 100ms;
    }
}
EOC

my @keep = (headers => { Connection => 'keep-alive' });
my ($r, $c);


sub add {
    my ($n, %o) = @_;
    return $t->request_bytes('tools/call',
        { name => 'add', arguments => { a => $n, b => 1 } }, id => $n,
        @keep, %o);
}


# a worker that is still there answers on a new connection

sub alive {
    my ($name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;
    ok_result($t->call('add', { a => 1, b => 1 }), "$name: still served");
    return;
}


# 413

my $long = 'x' x 2000;

ok_error($t->call('echo', { text => $long }), 413, -32600, 'too large');
ok_error($t->legacy_call('echo', { text => $long }), 413, -32600,
         'too large, legacy');
ok_error($t->call('echo', { text => $long }, chunked => 100), 413, -32600,
         'too large, chunked');
ok_error($t->call('echo', { text => $long }, chunked => 100,
                  wire => sub { split //, $_[0] }), 413, -32600,
         'too large, chunked, in packets of one byte');
is($t->call('echo', { text => 'x' x 300000 }, uri => '/big')->text,
   'x' x 300000, 'another location allows more');
ok_error($t->post(undef, headers => { 'Content-Length' => 99999999999 }),
         413, -32600, 'a huge Content-Length alone is enough');


# several requests of one connection

$c = $t->connect;
$c->send(add(1));
is($c->response->id, 1, 'keep-alive: first');
$c->send(add(2));
is($c->response->id, 2, 'keep-alive: second');
$c->send($t->legacy_bytes('ping', undef, id => 3, @keep));
is($c->response->id, 3, 'keep-alive: another era');
$c->send($t->request_bytes('no/such', {}, id => 4, @keep));
is($c->response->id, 4, 'keep-alive: an error');
$c->send($t->request_bytes('', {}, body => '{', @keep));
is($c->response->code, -32700, 'keep-alive: no JSON');
$c->send(add(5));
is($c->response->id, 5, 'keep-alive: still there after errors');
$c->send($t->request_bytes('notifications/x', {}, id => undef, @keep));
ok_accepted($c->response, 'keep-alive: a notification');
$c->send($t->http_bytes(headers => [Connection => 'keep-alive']));
is($c->response->status, 405, 'keep-alive: GET');
$c->send(add(6));
is($c->response->id, 6, 'keep-alive: and again');

$c = $t->connect;
$c->send(join '', map { add($_) } 1 .. 20);
is(join(' ', map { $c->response->id // 'none' } 1 .. 20), "@{[1 .. 20]}",
   'pipelined: 20 requests in one packet');
$c->send(join('', map { add($_, chunked => 3) } 1 .. 20) =~ /(.{1,7})/gs);
is(join(' ', map { $c->response->id // 'none' } 1 .. 20), "@{[1 .. 20]}",
   'pipelined: 20 chunked requests in packets of 7 bytes');
$c->send($t->request_bytes('', {}, body => '}', @keep) . add(7));
is($c->response->status . ' ' . ($c->response->id // 'none'), '400 7',
   'pipelined: a request behind a bad one');

$c->send($t->request_bytes('tools/list', {}, body => 'x' x 100000,
    uri => '/big', headers => { Origin => 'http://evil.example.com',
                                Connection => 'keep-alive' }) . add(8));
is($c->response->status . ' ' . ($c->response->id // 'none'), '403 8',
   'pipelined: a request behind a body that is not read');

my @many = map { $t->connect } 1 .. 50;
my @parts = map { [add($_) =~ /(.{1,40})/gs] } 1 .. 50;

for my $n (0 .. 40) {
    $many[$_]->send($parts[$_][$n] // '') for 0 .. 49;
}

is(join(' ', map { $_->response->id // 'none' } @many), "@{[1 .. 50]}",
   '50 connections in turn');


# Expect

$c = $t->connect;
my ($head, $body) = split /(?<=\r\n\r\n)/, add(1,
    headers => { Expect => '100-continue' }), 2;
$c->send($head);
ok($c->interim, 'Expect: the body is asked for');
$c->send($body);
is($c->response->id, 1, 'Expect: and read');

$c = $t->connect;
$c->send($t->http_bytes(method => 'POST', headers =>
    ['Content-Type' => 'application/json', 'Content-Length' => 100000,
     Expect => '100-continue']));
ok_error($c->response, 413, -32600, 'Expect: a body that is too large');

$c = $t->connect;
$c->send($t->http_bytes(method => 'POST', headers =>
    ['Content-Type' => 'application/json', 'Content-Length' => 100,
     Origin => 'http://evil.example.com', Expect => '100-continue']));
$r = $c->response;
is($r->status, 403, 'Expect: a foreign Origin');
is($r->interim, 0, 'Expect: its body is not asked for');


# bodies that end early, late or never

my $request = add(1, headers => {});

for my $at (length($request) - 1, length($request) - 50,
            index($request, "\r\n\r\n") + 4, index($request, "\r\n\r\n") + 2)
{
    for my $how (qw(close abort shutdown)) {
        $c = $t->connect;
        $c->send(substr $request, 0, $at);
        $c->$how;
        $c->closed if $how eq 'shutdown';
    }
}

alive('aborted bodies');

$c = $t->connect;
$c->send($request);
$c->shutdown;
is($c->response->id, 1, 'a client that half-closes gets its answer');

$c = $t->connect;
$c->send($t->http_bytes(method => 'POST', uri => '/hasty', body => '{"json',
    headers => ['Content-Type' => 'application/json',
                'Content-Length' => 100]));
$r = $c->response;
ok(!defined $r->status || $r->status == 408, 'a body that does not come');
alive('a body that does not come');

for (['Content-Length less than the body', 'Content-Length' => 10],
     ['Content-Length 0', 'Content-Length' => 0])
{
    my ($name, @header) = @$_;

    ok_error($t->call('add', { a => 1, b => 1 }, headers => { @header }),
             400, -32700, $name);
}

for (['a negative Content-Length', 'Content-Length' => '-1'],
     ['a Content-Length in hex', 'Content-Length' => '0x10'],
     ['two Content-Lengths', 'Content-Length' => [10, 20]],
     ['both framings', 'Content-Length' => 10,
      'Transfer-Encoding' => 'chunked'],
     ['an unknown framing', 'Transfer-Encoding' => 'gzip'])
{
    my ($name, @header) = @$_;

    $r = $t->call('add', { a => 1, b => 1 }, headers => { @header });
    ok(!defined $r->status || $r->status >= 400, "$name is refused");
}

for my $chunks ("zz\r\n", "5\r\nabc", "fffffffffffffffffff\r\n", "5\r\nabcdefg",
                "-1\r\n\r\n", "\r\n")
{
    $c = $t->connect;
    $c->send($t->http_bytes(method => 'POST', headers =>
        ['Content-Type' => 'application/json',
         'Transfer-Encoding' => 'chunked']) . $chunks);
    $c->shutdown;
    $r = $c->response;
    ok(!defined $r->status || $r->status >= 400,
       'a bad chunk: ' . $chunks =~ s/\r\n/ /gr);
}

alive('lying bodies');

$r = $t->exchange($t->http_bytes(method => 'POST', body => undef, headers =>
    ['Content-Type' => 'application/json', Accept => '*/*']));
ok_error($r, 400, -32700, 'POST without a body');

$r = $t->exchange("POST /mcp HTTP/1.0\r\nContent-Type: application/json\r\n"
                  . "Content-Length: 40\r\n\r\n"
                  . '{"jsonrpc":"2.0","id":1,"method":"ping"}');
is($r->id, 1, 'HTTP/1.0');
is($r->header('Content-Length'), length $r->body, 'HTTP/1.0: content length');


# headers

is($t->call('add', { a => 1, b => 1 }, headers => { 'X-Huge' => 'x' x 9000 })
     ->status, 400, 'a header of 9,000 bytes');
ok_result($t->call('add', { a => 1, b => 1 }, headers =>
                   { map { ("X-Many-$_" => 'x') } 1 .. 500 }), '500 headers');
ok_result($t->call('add', { a => 1, b => 1 }, headers => { 'X-Bad' => "\xff" }),
          'an unknown header that is not UTF-8');
is($t->call('add', { a => 1, b => 1 }, headers => { 'Mcp-Name' => "add\0" })
     ->status, 400, 'a NUL in a header');
is($t->call('add', { a => 1, b => 1 }, headers => { 'Mcp-Method' => "\xc3(" })
     ->status, 400, 'a header that is not UTF-8');
alive('headers');

finish();
