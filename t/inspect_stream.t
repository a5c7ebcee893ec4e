#!/usr/bin/perl

# mcp_inspect: what passes, both ways, and when it passes.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Events;

my $progress = '{"jsonrpc":"2.0","method":"notifications/progress",'
               . '"params":{"progressToken":1,"progress":1}}';
my $failed = '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}';
my $error = '{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"x"}}';
my $gone = '{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"x"}}';
my @json = (type => 'application/json');
my @events = (type => 'text/event-stream');

# events end anywhere in a piece

my $b = MCPTest::Backend->start(
    '/steps' => { @events, steps => ["data: $progress\n\n",
                                     "data: " . substr($failed, 0, 50),
                                     substr($failed, 50) . "\n\n"] },
    '/charset' => { type => 'text/event-stream; charset=utf-8',
                    body => "data: $error\n\n" },
    '/cut'     => { @events, body => "data: $progress\n\ndata: {", chunked => 512,
                    length => undef, cut => length("data: $progress\n\n") + 5 },
    'GET /listen' => { @events, steps => ["data: $progress\n\n", "\n"] },
    'DELETE /listen' => { status => 404, @json, body => $gone },
    '/accepted' => { status => 202, type => undef, body => '' },
    '/gzip'    => { @json, body => $failed, gzip => 1 },
    '/none'    => { status => 500, type => 'text/plain', body => 'Oh' },
    '/busy'    => { status => 503, @json, body => $error },
    '*'        => { @json, body => $error },
);
my $port = $b->port;

my $t = MCPTest->new(
    http => <<"EOC",
    log_format who "\$uri|\$request_method|\$mcp_tool|\$mcp_error|\$status";
    client_body_buffer_size 8k;
    client_max_body_size 4m;
EOC
    server => <<"EOC",
    listen 127.0.0.1:%%PORT_1%% http2;

    location / {
        mcp_inspect on;
        proxy_pass http://127.0.0.1:$port;
        proxy_http_version 1.1;
        proxy_buffering off;
        access_log %%DIR%%/who.log who;
    }

    location /buffered/ {
        mcp_inspect on;
        proxy_pass http://127.0.0.1:$port/;
        proxy_request_buffering off;
        access_log %%DIR%%/who.log who;
    }
EOC
)->start;

my @call = ('tools/call', { name => 'a', arguments => {} });


# --- events, one by one, over HTTP/1.1 and HTTP/2

my ($body, $headers) = MCPTest::message('modern', @call);

for (['HTTP/1.1', sub { MCPTest::Events->open($t,
         $t->request_bytes(@call, uri => '/steps')) }],
     ['HTTP/2', sub { MCPTest::Events->open_h2($t, $body, $headers,
         uri => '/steps', port => $t->port(1)) }])
{
    my ($name, $open) = @$_;

    $b->go('/steps');
    my $s = $open->();
    is($s->next->{method}, 'notifications/progress',
       "$name: the first event before there is another");
    $b->go('/steps', 3);
    ok($s->next->{result}{isError}, "$name: one in two pieces");
    is($s->next, undef, "$name: and no more");
    ok($s->ended, "$name: the end");
    $b->requests;
}


# --- a client that goes away

$b->go('/steps');
my $s = MCPTest::Events->open($t, $t->request_bytes(@call, uri => '/steps'));
$s->next;
my $r = $b->request;
$s->cancel;
ok(defined $b->closed($r), 'left in the middle: the server hears of it');


# --- a server that does

$s = MCPTest::Events->open($t, $t->request_bytes(@call, uri => '/cut'));
is($s->next->{method}, 'notifications/progress', 'cut: what was there');
is($s->next, undef, 'cut: no more');
ok($s->closed, 'cut: which is not taken for an end');
$b->requests;


# --- streams of sessions

$b->go('GET /listen');
$s = MCPTest::Events->open($t, $t->http_bytes(method => 'GET',
    uri => '/listen', headers => [Accept => 'text/event-stream',
    'Mcp-Session-Id' => 'abc', 'Last-Event-ID' => 'e-7']));
is($s->next->{method}, 'notifications/progress', 'GET: a stream');
$r = $b->request;
is($r->header('Last-Event-ID'), 'e-7', 'GET: from where it goes on');
is($r->header('Mcp-Session-Id'), 'abc', 'GET: the session');
$s->cancel;
ok(defined $b->closed($r), 'GET: left');

$r = $t->exchange($t->http_bytes(method => 'DELETE', uri => '/listen',
                                 headers => ['Mcp-Session-Id' => 'abc']));
is($r->status, 404, 'DELETE: a session that is gone');
is($r->body, $gone, 'DELETE: in the words of the server');


# --- answers as they are

my %answer = (
    '/accepted' => [202, ''], '/none' => [500, 'Oh'], '/busy' => [503, $error],
    '/charset' => [200, "data: $error\n\n"],
);

for my $uri (sort keys %answer) {
    $r = $t->rpc(@call, uri => $uri);
    is($r->status, $answer{$uri}[0], "$uri: the status");
    is($r->body, $answer{$uri}[1], "$uri: the body");
}

$r = $t->rpc(@call, uri => '/gzip');
is($r->header('Content-Encoding'), 'gzip', '/gzip: as it is');


# --- bodies that are in files, and of unknown length

for my $uri ('/big', '/buffered/big') {
    for my $args ([], ['-H', 'Transfer-Encoding: chunked'],
                  ['--http2-prior-knowledge'])
    {
        my ($name, @o) = ("$uri @$args");
        my ($body, $headers) = MCPTest::message('modern', 'tools/call',
            { name => 'a', arguments => { text => 'x' x 300000 } });

        @o = (port => $t->port(1)) if "@$args" =~ /http2/;
        $b->requests;
        $r = $t->curl(uri => $uri, body => $body, headers => $headers,
                      args => $args, @o);
        is($r->body, $error, "$name: an answer");
        ok($b->request->body eq $body, "$name: the same bytes");
    }
}


# --- the record

my @log = $t->wait_lines('who.log', 17);

for ('/steps|POST|a|tool|200', '/charset|POST|a|params|200',
     '/listen|GET||', '/listen|DELETE||', '/accepted|POST|a||202',
     '/gzip|POST|a||200', '/none|POST|a|internal|500', '/busy|POST|a|params|503',
     '/big|POST|a|params|200', '/buffered/big|POST|a|params|200')
{
    my $line = $_;
    ok(scalar(grep { index($_, $line) == 0 } @log), "the log: $line")
        or diag(join "\n", @log);
}

finish();
