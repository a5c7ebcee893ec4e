#!/usr/bin/perl

# A client that goes away cancels its call: the tool is told at once, nothing
# more is sent, the log says so, nothing is left.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;

my $t = MCPTest->new(
    modules  => [slow_tools()],
    cert     => 1,
    main     => 'worker_shutdown_timeout 20s;',
    http     => 'log_format mcp "$status $mcp_tool $mcp_error $mcp_id";',
    location => <<'EOC',
    mcp;
    mcp_tools slow demo;
    mcp_stream_heartbeat 50ms;
    access_log %%DIR%%/access.log mcp;
EOC
    server   => <<'EOC',
    listen 127.0.0.1:%%PORT_1%% http2;
    listen 127.0.0.1:%%PORT_2%% ssl;
    ssl_certificate     %%DIR%%/cert.pem;
    ssl_certificate_key %%DIR%%/key.pem;

    location = /after {
        mcp;
        mcp_tools slow;
        post_action /done;
    }

    location = /done {
        return 200 done;
    }
EOC
)->start;

my @info = (meta => { logLevel => 'info' });
my $lines = 0;


sub bytes {
    my ($tool, $arguments, %o) = @_;

    return $t->request_bytes('tools/call',
        { name => $tool, arguments => $arguments }, %o);
}


sub stream { return MCPTest::Events->open($t, bytes(@_, @info)) }


sub h2 {
    my ($tool, $arguments, %o) = @_;

    my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
        { name => $tool, arguments => $arguments }, @info, %o);

    return MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1));
}


# a call that has begun, for its tool says so

sub started {
    my ($text, $tool, $arguments, %o) = @_;

    my $c = $t->connect;

    $c->send(bytes($tool, { %$arguments, text => $text }, %o));

    ok($t->wait_log(qr/slow: "\Q$text\E" begins/), "$text: begins");

    return $c;
}


sub told {
    my ($text, $tool, $name) = @_;

    my $what = $tool eq 'work' ? 'cancelled' : 'aborted';

    ok($t->wait_log(qr/slow: "\Q$text\E" $what/), $name);

    my @found = $t->error_log =~ /slow: "\Q$text\E" $what/g;
    is(scalar @found, 1, 'once');
    return;
}


sub logged {
    my ($line, $name) = @_;

    is(($t->wait_lines('access.log', ++$lines))[-1], $line, $name);
    return;
}


# before anything was sent: status 499

my @json = (headers => { Accept => 'application/json' });

for my $tool ('wait', 'work') {
    for my $how ('close', 'abort', 'shutdown') {
        my $c = started("$tool $how", $tool, { ms => 30_000 }, @json);

        $c->$how;
        told("$tool $how", $tool, "$tool: $how");
        logged("499 $tool cancelled 1", 'the log of it');
        is($c->response->status, undef, 'is not answered')
            if $how eq 'shutdown';
    }
}


# a client that is gone before the call begins

for my $tool ('wait', 'work') {
    my $c = $t->connect;

    $c->send(bytes($tool, { ms => 30_000, text => "$tool early" }, @json));
    $c->shutdown;
    ok($t->wait_log(qr/mcp tool "$tool" cancelled.*\n(?!.*"$tool" cancelled)/),
       "$tool: gone early");
    logged("499 $tool cancelled 1", 'the log of it');
}


# in a stream: the status was sent

for my $tool ('wait', 'work') {
    my $s = stream($tool, { log => ['info'], every => 1, ms => 30_000,
                            text => "$tool stream" });
    ok($s->next, "$tool: a stream");
    $s->cancel;
    told("$tool stream", $tool, 'is closed');
    logged("200 $tool cancelled 1", 'the log of it');

    $s = stream($tool, { log => [('info') x 5000], every => 1,
                         text => "$tool busy", ms => 30_000 });
    ok($s->next, "$tool: a stream with a lot to say");
    $s->connection->abort;
    told("$tool busy", $tool, 'is reset');
    logged("200 $tool cancelled 1", 'the log of it');
}


# HTTP/2: the stream is reset, or the connection goes away

for my $tool ('wait', 'work') {
    for my $how ('cancel', 'close') {
        my $s = h2($tool, { log => ['info'], every => 1, ms => 30_000,
                            text => "h2 $tool $how" });
        ok($s->next, "HTTP/2, $tool: a stream");
        $how eq 'cancel' ? $s->cancel : $s->connection->close;
        told("h2 $tool $how", $tool, $how);
        logged("200 $tool cancelled 1", 'the log of it');
    }

    my $c = MCPTest::H2->new($t->connect($t->port(1)));
    my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
        { name => $tool, arguments => { ms => 30_000,
                                        text => "h2 $tool quiet" } }, @json);

    $c->request($body, $headers);
    ok($t->wait_log(qr/slow: "h2 $tool quiet" begins/), "HTTP/2: $tool");
    $c->cancel;
    told("h2 $tool quiet", $tool, 'HTTP/2: nothing was sent');
    logged("499 $tool cancelled 1", 'the log of it');

    # the connection lives on
    my ($echo, $h) = MCPTest::Message::message('modern', 'tools/call',
        { name => 'echo', arguments => { text => 'still here' } });
    $c->request($echo, $h);
    like($c->chunk, qr/still here/, 'the connection can be used');
    $lines++;
    $t->wait_lines('access.log', $lines);
}


# two streams of one connection: one is reset, the other is not

my $s = h2('wait', { log => ['info'], every => 1, ms => 400, text => 'kept' });
ok($s->next, 'HTTP/2: one stream');
my $kept = $s->connection->{id};
my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
    { name => 'wait', arguments => { ms => 30_000, text => 'other' } });
$s->connection->request($body, $headers);
ok($t->wait_log(qr/slow: "other" begins/), 'HTTP/2: another one');
$s->connection->cancel;
told('other', 'wait', 'another one is reset');
$lines++;
$s->connection->{id} = $kept;
$s->connection->{reset} = 0;
is(($s->rest)[0]{id}, 1, 'the first one is answered');
$lines++;
$t->wait_lines('access.log', $lines);


# TLS

my $pid = open(my $curl, '-|', qw(curl -sNk --http1.1 --noproxy *),
    '-H', 'Content-Type: application/json',
    '-H', 'Accept: application/json, text/event-stream',
    '-d', encode_json_text({ jsonrpc => '2.0', id => 1,
        method => 'tools/call', params => { name => 'wait',
        arguments => { log => ['info'], ms => 30_000, text => 'tls' } } }),
    'https://127.0.0.1:' . $t->port(2) . '/mcp') or die "curl: $!\n";
like(scalar <$curl>, qr/^data: .*notifications/, 'TLS: an event');
kill 'TERM', $pid;
close $curl;
told('tls', 'wait', 'and the client is gone');
logged('200 wait cancelled 1', 'the log of it');


# a deaf thread ends after its client has gone

for my $round (1 .. 3) {
    my $c = started("deaf $round", 'work', { ms => 400, ignore => 1 },
                    @json);
    $c->abort;
    ok($t->wait_log(qr/slow: "deaf $round" is late/), 'a thread ends later');
    logged('499 work cancelled 1', 'then the request does');
}

my $h2 = h2('work', { ms => 300, ignore => 1, log => ['info'],
                      text => 'deaf h2' });
ok($h2->next, 'one of HTTP/2');
$h2->connection->close;
ok($t->wait_log(qr/slow: "deaf h2" is late/), 'likewise');
logged('200 work cancelled 1', 'then the request does');


# post_action runs after a request that was cancelled

my $c = $t->connect;
$c->send(bytes('wait', { ms => 300, text => 'after' }, uri => '/after'));
ok($t->wait_log(qr/slow: "after" begins/), 'post_action: a call');
$c->close;
ok($t->wait_log(qr/prematurely closed.*\/after/s), 'is cancelled');
select undef, undef, undef, 0.5;
ok_result($t->call('echo', { text => 'x' }), 'and no harm is done');
$lines++;


# many at once

my @c = map { started("many $_", $_ % 2 ? 'wait' : 'work', { ms => 30_000 },
                      @json) } 1 .. 20;
$_->close for @c;
ok($t->wait_log(qr/slow: "many $_" (?:aborted|cancelled)/), "call $_ of many")
    for 1 .. 20;
$lines += 20;
my @log = $t->wait_lines('access.log', $lines);
is(scalar(grep { /^499 \S+ cancelled/ } @log[-20 .. -1]), 20, 'all are logged');


# a reload and the end of a worker: calls go on, then the worker ends

my @old = map { stream('wait', { log => ['info'], every => 1, ms => 1500 },
                       id => $_) } 1 .. 3;
push @old, stream('work', { log => ['info'], every => 1, ms => 1500 });
ok($_->next, 'before the reload') for @old;
ok($t->reload(location => 'mcp; mcp_tools slow demo;', wait => 0), 'reload');
ok($t->wait_log(qr/gracefully shutting down/), 'the worker shuts down');
ok_result($t->call('echo', { text => 'new' }), 'a new one answers');

for my $stream (@old) {
    my @rest = $stream->rest;
    is($rest[0]{result}{content}[0]{text}, 'done', 'the old one goes on');
    ok($stream->ended, 'to the end');
}

ok($t->wait_log(qr/worker process \d+ exited with code 0/), 'and is gone');

my $deaf = started('deaf worker', 'work', { ms => 800, ignore => 1 });
$deaf->close;
ok($t->wait_log(qr/mcp tool "work" cancelled[^\n]*\n(?!.*"work" cancelled)/s),
   'a deaf thread');
ok($t->reload, 'reload: its worker ends after it');
like($t->error_log, qr/slow: "deaf worker" is late/, 'as the log says');

finish();
