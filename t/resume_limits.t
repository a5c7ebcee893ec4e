#!/usr/bin/perl

# What bounds streams that are kept: the zone, slow readers, calls without a
# client, workers that end.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;

my %common = (
    modules  => [slow_tools()],
    location => <<'EOC',
    mcp;
    mcp_tools slow demo;
    mcp_stream_heartbeat 30ms;
    client_body_buffer_size 1m;
EOC
);

my ($t, $session, $serial);


sub server {
    my (%o) = @_;

    $t->stop if $t;
    $t = MCPTest->new(%common, %o)->start;
    $session = session();
    return;
}


sub session {
    return $t->legacy('initialize', {
        protocolVersion => '2025-11-25',
        capabilities    => {},
        clientInfo      => { name => 'test', version => '1' },
    }, version => undef)->header('Mcp-Session-Id');
}


sub bytes {
    my ($arguments) = @_;

    return $t->legacy_bytes('tools/call',
        { name => 'wait', arguments => $arguments },
        version => '2025-11-25', headers => { 'Mcp-Session-Id' => $session });
}


sub stream { return MCPTest::Events->open($t, bytes(@_)) }


sub again_bytes {
    my ($last) = @_;

    return $t->http_bytes(method => 'GET', headers => [
        'Mcp-Session-Id' => $session, Accept => 'text/event-stream',
        'Last-Event-ID' => $last ]);
}


sub again { return MCPTest::Events->open($t, again_bytes(@_)) }


sub events {
    my ($s) = @_;

    my @events;

    while (my $event = $s->event) {
        push @events, $event;
    }

    return @events;
}


# what was sent, as numbers

sub numbers { return map { $_->{id} =~ /-(\d+)\z/ } @_ }


# a small zone: what was not read for the longest time goes first

server(http => 'mcp_zone zone=mcp:256k;');

my $s = stream({ log => ['info'], every => 1, ms => 1, text => 'a' x 20_000 });
my @e = events($s);
is(scalar @e, 3, 'a stream');
is(scalar(events(again($e[0]{id}))), 3, 'is kept');

for (1 .. 20) {
    events(stream({ log => ['info'], every => 1, text => 'b' x 20_000 }));
}

is(again($e[0]{id})->status, 400, 'until there is no room');

# a stream that goes on, when parts of it are missing

$s = stream({ log => [('info') x 400], every => 2, ms => 1, text => 'late',
              message => 'x' x 1900 });
my $first = $s->event;
$s->cancel;
my $c = $t->connect;
ok($t->wait_log(qr/goes on/), 'more than the zone holds');
select undef, undef, undef, 1.5;
@e = events(again($first->{id}));
like($e[-1]{data}, qr/late/, 'the response is there');
cmp_ok(scalar @e, '<', 300, 'the oldest events are not');
my @n = numbers(@e);
is(join(' ', @n[1 .. $#n]), join(' ', $n[1] .. 401), 'the others are');

# a result that does not fit

my $large = 'c' x 400_000;
$s = stream({ log => ['info'], every => 1, ms => 1, text => $large });
@e = events($s);
ok(index($e[-1]{data}, $large) > 0, 'a large result is sent');
@e = events(again($e[0]{id}));
like($e[-1]{data}, qr/"id":1,"error":.*too large to be sent again/,
     'and too large to be sent again');
ok($t->wait_log(qr/event of \d+ bytes does not fit into the zone/),
   'as the log says');


# slow readers

server();

my %much = (log => [('info') x 40], burst => 100, size => 2000, every => 1,
            ms => 1, text => 'all');

$s = stream(\%much);
$first = $s->event;
ok($t->wait_log(qr/client reads too slowly/), 'a client that does not read');
ok($t->wait_log(qr/its call goes on/), 'is left behind');
ok($s->closed, 'and is told so, when it reads');

$c = $t->connect;
$c->send(again_bytes($first->{id}));
select undef, undef, undef, 0.5;
@e = events(MCPTest::Events->on($c));
like($e[-1]{data}, qr/all/, 'another one reads slowly');
is(join(' ', numbers(@e)), join(' ', 0 .. 4041), 'and gets all there is');

# a window of HTTP/2 that does not open

server(server => 'listen 127.0.0.1:%%PORT_1%% http2;');

my ($body, $headers) = MCPTest::Message::message('legacy', 'tools/call',
    { name => 'wait', arguments => { %much, log => [('info') x 10] } },
    version => '2025-11-25', headers => { 'Mcp-Session-Id' => $session });
my $h2 = MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1),
                                  window => 1000);
$first = $h2->event;
ok($t->wait_log(qr/its call goes on/), 'HTTP/2: is left behind');
@e = events(again($first->{id}));
is(join(' ', numbers(@e)), join(' ', 0 .. 1011), 'and read again');
ok($h2->closed, 'the stream is reset');


# a send_timeout

server(location => $common{location} . 'send_timeout 300ms;',
       server => 'listen 127.0.0.1:%%PORT_1%% http2;');

($body, $headers) = MCPTest::Message::message('legacy', 'tools/call',
    { name => 'wait', arguments => { log => [('info') x 3], burst => 3,
      size => 500, every => 1, ms => 1500, text => 'timed' } },
    version => '2025-11-25', headers => { 'Mcp-Session-Id' => $session });
$h2 = MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1),
                               window => 1000);
$first = $h2->event;
ok($t->wait_log(qr/mcp client timed out.*its call goes on/s), 'send_timeout');
like((events(again($first->{id})))[-1]{data}, qr/timed/, 'the call goes on');


# calls without a client

server(workers => 1);

my @many = map {
    stream({ log => ['info'], every => 1, ms => 30_000, text => "many $_" })
} 1 .. 260;
$_->event for @many;
$_->cancel for @many;
ok($t->wait_log(qr/has 256 calls without a client/), 'as many as there may be');
ok(wait_until(sub { (() = $t->error_log =~ /" aborted/g) == 4 }),
   'others are cancelled');

is($t->legacy_call('wait', { ms => 1, hang_up => 50, text => 'stays' },
                   version => '2025-11-25',
                   headers => { 'Mcp-Session-Id' => $session })->text, 'stays',
   'nor is anybody told to hang up');

is($t->post(undef, method => 'DELETE', headers => {
    'Mcp-Session-Id' => $session, 'Content-Type' => undef })->status, 204,
   'they end with their session');
ok(wait_until(sub { (() = $t->error_log =~ /" aborted/g) == 260 }), 'all');

$session = session();
$s = stream({ log => ['info'], every => 1, ms => 200, text => 'more' });
$first = $s->event;
$s->cancel;
like((events(again($first->{id})))[-1]{data}, qr/more/, 'then there is room');


# a worker that is killed

server(workers => 4, expect => [qr/exited on signal 9/]);

my @s = map { stream({ log => ['info'], every => 1, ms => 30_000,
                       text => "killed $_" }) } 1 .. 8;
my @id = map { ($_->event, $_->event)[0]{id} } @s;
$_->cancel for @s;
ok($t->wait_log(qr/its call goes on/), 'calls of several workers');
my @again = map { again($_) } @id;
$_->event for @again;
kill 'KILL', $_ for $t->worker_pids;
ok($t->wait_log(qr/exited on signal 9/), 'a worker is killed');
ok($_->closed || $_->ended, 'a stream ends') for @again;
ok(wait_until(sub { $t->legacy('ping', undef)->status == 200 }),
   'there are others');
is(again($_)->status, 400, 'what it did is lost') for @id;


# a worker that has to leave

server(main => 'worker_shutdown_timeout 500ms;', workers => 1,
       server => 'listen 127.0.0.1:%%PORT_1%% http2;');

$s = stream({ log => ['info'], every => 1, ms => 30_000, text => 'forced 1' });
$first = ($s->event, $s->event)[1];
$s->cancel;
($body, $headers) = MCPTest::Message::message('legacy', 'tools/call',
    { name => 'wait', arguments => { log => ['info'], every => 1, ms => 30_000,
                                     text => 'forced 2' } },
    version => '2025-11-25', headers => { 'Mcp-Session-Id' => $session });
$h2 = MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1));
$h2->event;
ok($t->wait_log(qr/its call goes on/), 'a call without a client');
ok($t->reload, 'a reload: the worker leaves all the same');
ok($t->wait_log(qr/slow: "forced $_" aborted/), "call $_ is aborted") for 1, 2;
is(again($first->{id})->status, 204, 'no response will come');

finish();
