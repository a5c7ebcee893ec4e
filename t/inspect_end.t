#!/usr/bin/perl

# mcp_inspect: $mcp_error of answers that do not come to their end, and of those
# that are buffered, compressed or empty.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use IO::Socket::INET ();
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Events;

my $progress = '{"jsonrpc":"2.0","method":"notifications/progress",'
               . '"params":{"progressToken":1,"progress":1}}';
my $result = '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}';
my $failed = '{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}';
my $big = $failed =~ s/\[\]/'[' x 8e6 . ']' x 8e6/er;

my ($p, $r, $f) = map { "data: $_\n\n" } $progress, $result, $failed;
my @events = (type => 'text/event-stream');
my @open = (@events, chunked => 65536, length => undef);

my $b = MCPTest::Backend->start(
    '/stream'     => { @events, steps => [$p, $p, $r] },
    'GET /listen' => { @events, steps => [$p, $p] },
    '/listen'     => { @events, steps => [$p, $p] },
    '/wait'       => { wait => 1, body => $result },
    '/cut'        => { @open, body => "$p$r", cut => length $p },
    'GET /cut'    => { @open, body => "$p$p", cut => length $p },
    '/cut/json'   => { body => $result, cut => 20 },
    '/cut/chunk'  => { body => $failed, chunked => 8, length => undef,
                       cut => 20 },
    '/cut/text'   => { type => 'text/plain', body => 'x' x 100, cut => 50 },
    '/cut/gzip'   => { body => $failed, gzip => 1, cut => 20 },
    '/cut/after'  => { @open, body => "$p$r$p", cut => 10 + length "$p$r" },
    '/cut/failed' => { @open, body => "$f$p", cut => 10 + length $f },
    '/cut/status' => { status => 404, body => $result, cut => 20 },
    '/left'       => { @events, steps => [$r, $p] },
    '/big'        => { body => $big },
    '/accepted'   => { status => 202, type => undef, body => '' },
    '/nothing'    => { status => 204, type => undef, length => undef,
                       body => '' },
    '/gone'       => { status => 404, type => undef, body => '' },
    '*'           => { body => $failed },
);
my $port = $b->port;

my $t = MCPTest->new(
    http => <<"EOC",
    log_format who "\$uri|\$request_method|\$mcp_error|\$status|";
EOC
    server => <<"EOC",
    listen 127.0.0.1:%%PORT_1%% http2;

    location / {
        mcp_inspect on;
        access_log %%DIR%%/who.log who;
        proxy_pass http://127.0.0.1:$port;
        proxy_http_version 1.1;
        proxy_buffering off;
    }

    location /buffered/ {
        mcp_inspect on;
        access_log %%DIR%%/who.log who;
        proxy_pass http://127.0.0.1:$port/;
        proxy_http_version 1.1;
        proxy_buffers 2 4k;
        proxy_buffer_size 4k;
        proxy_busy_buffers_size 4k;
        sendfile on;
        gzip on;
        gzip_types application/json;
        gzip_min_length 1;
        gzip_comp_level 1;

        location = /buffered/old {
            proxy_http_version 1.0;
            proxy_pass http://127.0.0.1:%%PORT_2%%;
        }
    }

    location /late/ {
        mcp_inspect on;
        access_log %%DIR%%/who.log who;
        proxy_pass http://127.0.0.1:$port/;
        proxy_http_version 1.1;
        proxy_buffering off;
        proxy_read_timeout 1s;
    }
EOC
)->start;

my @call = ('tools/call', { name => 'a', arguments => {} });
my @get = (method => 'GET', headers => [Accept => 'text/event-stream']);
my ($body, $headers) = MCPTest::message('modern', @call);


sub logged {
    my ($line) = @_;

    ok(wait_until(sub { $t->slurp('who.log') =~ /^\Q$line\E/m }),
       "the log: $line") or diag($t->slurp('who.log'));
    return;
}


sub begin {
    my ($uri, @o) = @_;

    $b->requests;
    $b->go(@o ? "GET $uri" : $uri =~ s/^.*(?=\/)//r);
    my $s = MCPTest::Events->open($t, @o ? $t->http_bytes(@o, uri => $uri)
                                         : $t->request_bytes(@call,
                                                             uri => $uri));
    ok($s->next, "$uri: begun");
    return $s;
}


# --- who leaves

for my $prefix ('', '/buffered') {
    begin("$prefix/stream")->cancel;
    logged("$prefix/stream|POST|cancelled|200");
}

$b->go('/stream');
my $s = MCPTest::Events->open_h2($t, $body, $headers, uri => '/stream?h2',
                                 port => $t->port(1));
$s->next;
my $lines = () = $t->slurp('who.log') =~ /cancelled/g;
$s->cancel;
ok(wait_until(sub {
    my $n = () = $t->slurp('who.log') =~ /^\/stream.POST.cancelled.200/mg;
    return $n == 2 }), 'HTTP/2: a stream that is reset') or diag($lines);

my $c = $t->connect;
$c->send($t->request_bytes(@call, uri => '/wait'));
$b->request(qr/wait/);
$c->close;
logged('/wait|POST|cancelled|499');

# to leave is how these end

begin('/listen', @get)->cancel;
logged('/listen|GET||200');

$b->go('/listen');
$s = MCPTest::Events->open($t, $t->request_bytes('subscriptions/listen',
    { notifications => {} }, uri => '/listen'));
ok($s->next, 'a subscription');
$s->cancel;
logged('/listen|POST||200');

# the answer was there

begin('/left')->cancel;
logged('/left|POST||200');


# --- a server that leaves

for ('/cut', '/cut/json', '/cut/chunk', '/cut/text', '/cut/gzip') {
    $t->rpc(@call, uri => $_);
    logged("$_|POST|unavailable|200");
    $t->rpc(@call, uri => "/buffered$_");
    logged("/buffered$_|POST|unavailable|200");
}

$t->exchange($t->http_bytes(@get, uri => '/cut'));
logged('/cut|GET|unavailable|200');

# what it said before counts

$t->rpc(@call, uri => $_) for qw(/cut/after /cut/failed /cut/status);
logged('/cut/after|POST||200');
logged('/cut/failed|POST|tool|200');
logged('/cut/status|POST|refused|404');

# one that falls silent

$s = begin('/late/stream');
is($s->next, undef, 'late: nothing comes');
$s->cancel;
logged('/late/stream|POST|unavailable|200');


# --- buffered: events come all the same

$b->go('/stream');
$s = MCPTest::Events->open($t, $t->request_bytes(@call,
                                                 uri => '/buffered/stream'));
ok($s->next, 'buffered: an event');
$b->go('/stream');
ok($s->next, 'the next, before there is another');
$b->go('/stream', 2);
ok($s->next->{result}, 'and that');
is($s->next, undef, 'and no more');
ok($s->ended, 'and the end');
$s->cancel;
logged('/buffered/stream|POST||200');

# and those that nobody says the length of

my $listen = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1',
                                   LocalPort => $t->port(2)) or die $!;
$c = $t->connect;
$c->send($t->request_bytes(@call, uri => '/buffered/old'));
my $server = $listen->accept;
$server->syswrite("HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\n$p");
$s = MCPTest::Events->on($c);
ok($s->next, 'HTTP/1.0: an event');
$server->syswrite($p);
ok($s->next, 'the next, before there is another');
$server->syswrite($r);
close $server;
is(scalar(() = $s->rest), 1, 'and the rest');
$s->cancel;
logged('/buffered/old|POST||200');

# in files, for a client that is slow

$b->requests;
$c = $t->connect;
$c->send($t->request_bytes(@call, uri => '/buffered/big'));
ok($b->answered($b->request(qr/big/)), 'a big answer is here');
ok($c->response->body eq $big, 'and passes');
$c->close;
logged('/buffered/big|POST|tool|200');
like($t->error_log, qr/temporary file/, 'it was in one');

# compressed for clients, not for us

$b->requests;
$r = $t->curl(uri => '/buffered/gz', body => $body, headers => $headers,
              args => ['-H', 'Accept-Encoding: gzip, br']);
is($r->header('Content-Encoding'), 'gzip', 'a client that wants it has it');
is($b->request->header('Accept-Encoding'), undef, 'the server is not asked');
logged('/buffered/gz|POST|tool|200');


# --- empty

my %status = (accepted => 202, nothing => 204, gone => 404);

for my $uri (sort keys %status) {
    for my $prefix ('', '/buffered') {
        $r = $t->rpc(@call, uri => "$prefix/$uri");
        is($r->status, $status{$uri}, "$prefix/$uri");
        logged("$prefix/$uri|POST|" . ($uri eq 'gone' ? 'refused' : '')
               . "|$status{$uri}");
    }
}

finish();
