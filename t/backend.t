#!/usr/bin/perl

# The service that tests put behind nginx, without nginx.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;

use Compress::Zlib ();

my $b = MCPTest::Backend->start(
    '/one' => { body => '{"n":1}' },
    'POST /one' => { status => 201, type => 'text/plain', body => 'made' },
    '/one?x=%2F' => { body => '{"n":2}' },
    '/any/*' => { type => undef, headers => ['X-A' => 'b', 'X-A' => 'c'] },
    '/any/more/*' => { chunked => 2, body => 'abcde' },
    '/echo' => sub { return { body => $_[0]->{head} } },
    '/slow' => { wait => 1, body => 'slow' },
    '/steps' => { steps => ['one', 'two'] },
    '/cut' => { body => 'abcdef', cut => 4 },
    '/long' => { body => 'abcdef', length => 10 },
    '/bare' => { body => 'abcdef', length => undef },
    '/close' => { close => 1 },
    '/reset' => { close => 'reset' },
    '/raw' => { raw => "HTTP/1.1 200 \r\nx" },
    '/gzip' => { gzip => 1, body => 'plain' },
    '/deflate' => { deflate => 'raw', body => 'plain' },
    '/huge' => { huge => 3 },
    '/endless' => { huge => 1000 },
    '/huge/chunked' => { huge => 1, chunked => 1 },
);


sub ask {
    my ($uri, %o) = @_;

    my $c = MCPTest::HTTP->new($b->port, MCPTest::patience());

    $c->send(MCPTest::HTTP::request_bytes(uri => $uri, %o));
    return $c->response($o{method});
}


# --- what is recorded

is(ask('/one')->body, '{"n":1}', 'an answer');

my $r = $b->request;

is($r->line, 'GET /one HTTP/1.1', 'the line is recorded');
is($r->header('HOST'), 'localhost', 'and a header');
is($r->header('X'), undef, 'and that one is not there');
is($r->query, undef, 'and no query');
is($r->head, "GET /one HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
   'and the bytes');

$r = ask('/one', method => 'POST', body => "{\"a\":\"\xff\0\"}", headers =>
    ['X-A' => ' b', 'x-a' => 'c']);
is($r->status . ' ' . $r->body, '201 made', 'one for a method');

$r = $b->request;
is($r->body, "{\"a\":\"\xff\0\"}", 'a body of bytes');
is($r->json, undef, 'that is not JSON');
is_deeply([map { "@$_" } @{ $r->headers }],
          ['Host localhost', 'Connection close', 'Content-Length 10',
           'X-A  b', 'x-a c'], 'headers, as they came');
is($r->header('x-a'), ' b, c', 'all of a name');

ask('/echo', method => 'PUT', body => 'x' x 1000, chunked => 300);
is($b->request->body, 'x' x 1000, 'a chunked body');

is(ask('/one?x=%2F')->json->{n}, 2, 'one for a target');
is(ask('/one?x=%2f')->json->{n}, 1, 'which is matched byte by byte');
is(join(' ', ask('/any/thing')->headers('X-A')), 'b c', 'for a beginning');
is(ask('/any/more/things')->body, 'abcde', 'the longest one, chunked');
is(ask('/none')->status, 404, 'for none');
like(ask('/echo')->body, qr/\AGET \/echo/, 'from code');
is_deeply([map { $_->target } $b->requests],
          ['/one?x=%2F', '/one?x=%2f', '/any/thing', '/any/more/things',
           '/none', '/echo'], 'all at once');
is(scalar($b->requests), 0, 'once');


# --- how it answers

is(ask('/cut')->problem, 'cut', 'a truncated answer');
is(ask('/long')->problem, 'cut', 'a Content-Length that is too large');
is(ask('/bare')->body, 'abcdef', 'none');
is(ask('/close')->problem, 'closed', 'no answer');
like(ask('/reset')->problem, qr/reset/, 'a reset');
is(ask('/raw')->problem, 'closed', 'bytes');
is(Compress::Zlib::memGunzip(ask('/gzip')->body), 'plain', 'gzip');
is((Compress::Zlib::inflateInit(-WindowBits => -15)
    ->inflate(ask('/deflate')->body))[0], 'plain', 'deflate');
is(length ask('/huge')->body, 3 * 1048576, 'a huge one');
is(length ask('/huge/chunked')->body, 1048576, 'a huge one in chunks');
is(ask('/one', method => 'HEAD')->header('Content-Length'), 7, 'HEAD');

$b->answer('/one' => { body => 'other' });
is(ask('/one')->body, 'other', 'another answer');
$b->requests;


# --- connections, and waiting

my $c = MCPTest::HTTP->new($b->port, MCPTest::patience());
my $slow = MCPTest::HTTP->new($b->port, MCPTest::patience());
my $get = MCPTest::HTTP::request_bytes(uri => '/one', headers =>
    [Connection => 'keep-alive']);

$slow->send(MCPTest::HTTP::request_bytes(uri => '/slow'));
my $waits = $b->request;

$c->send($get, $get);
is($c->response->body . $c->response->body, 'otherother', 'a connection is kept'
   . ' beside one that waits');

my @two = $b->requests;
is($two[0]->connection, $two[1]->connection, 'so it is recorded');
isnt($two[0]->connection, $waits->connection, 'and the other one');

$b->go('/slow');
is($slow->response->body, 'slow', 'that goes on');
is($b->answered($waits), 4, 'and is done');

my $steps = MCPTest::HTTP->new($b->port, MCPTest::patience());

$steps->send(MCPTest::HTTP::request_bytes(uri => '/steps'));
is($steps->head->status, 200, 'the head of a stream');
$b->go('/steps');
is($steps->chunk, 'one', 'a piece');
$b->go('/steps', 2);
is($steps->chunk . $steps->chunk, 'two', 'the rest');

$b->request;

for my $uri (qw(/endless /slow /steps)) {
    my $gone = MCPTest::HTTP->new($b->port, MCPTest::patience());

    $gone->send(MCPTest::HTTP::request_bytes(uri => $uri));
    $gone->head if $uri ne '/slow';

    my $lost = $b->request;

    $gone->close;
    ok(defined $b->closed($lost), "$uri: that the client is gone is seen");
}

is(ask('/one')->body, 'other', 'it lives on');

my $n = $b->connections;
ask('/one');
is($b->connections, $n + 1, 'connections are counted');

done_testing();
