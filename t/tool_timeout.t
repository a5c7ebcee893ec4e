#!/usr/bin/perl

# mcp_tool_timeout: a call that takes too long is a tool error, and its tool is
# told, once.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;

my @slow = (modules => [slow_tools()]);

my $t = MCPTest->new(
    @slow,
    main     => 'thread_pool two threads=2;',
    http     => <<'EOC',
    log_format mcp '$status $mcp_tool $mcp_error';
    mcp_tool_timeout 200ms;
    mcp_tool_timeout 400ms loop;
EOC
    location => <<'EOC',
    mcp;
    mcp_tools slow demo;
    mcp_thread_pool two;
    access_log %%DIR%%/access.log mcp;
EOC
    server   => <<'EOC',
    listen 127.0.0.1:%%PORT_1%% http2;

    location = /tool {
        mcp;
        mcp_tools slow demo;
        mcp_tool_timeout 30s;
        mcp_tool_timeout 100ms wait;
        mcp_tool_timeout 1s work add;
    }

    location = /default {
        mcp;
        mcp_tools slow;
        mcp_tool_timeout 10s;
    }

    location = /seconds {
        mcp;
        mcp_tools slow;
        mcp_tool_timeout 1s;
    }
EOC
)->start;

my @info = (meta => { logLevel => 'info' });


sub stream {
    my ($tool, $arguments, %o) = @_;

    return MCPTest::Events->open($t, $t->request_bytes('tools/call',
        { name => $tool, arguments => $arguments }, @info, %o));
}


sub count {
    my ($re) = @_;

    my @found = $t->error_log =~ /$re/g;
    return scalar @found;
}


# a tool on the event loop

my $r = $t->call('wait', { ms => 30_000, text => 'one' });
ok_tool_error($r, qr/did not finish within 200 ms/, 'too late');
ok_tool_error($t->call('wait', { ms => 60_000 }, uri => '/seconds'),
              qr/did not finish within 1 s\./, 'in seconds');
is(count(qr/slow: "one" aborted/), 1, 'the tool is told once');
ok($t->wait_log(qr/mcp tool "wait" timed out/), 'the log says so');
is(($t->wait_lines('access.log', 1))[0], '200 wait timeout', '$mcp_error');

ok_tool_error($t->call('wait', { bare => 1 }), qr/did not finish/,
              'a tool that never finishes and knows no abort');
ok_tool_error($t->call('wait', { never => 1, text => 'never' }),
              qr/did not finish/, 'one that forgets');
is(count(qr/slow: "never" aborted/), 1, 'is told too');
ok_tool_error($t->legacy_call('wait', { bare => 1 }), qr/did not finish/,
              'legacy');
ok_result($t->call('wait', { ms => 20, text => 'in time' }), 'in time');
is(count(qr/slow: "in time" aborted/), 0, 'is not aborted');


# per tool

ok_tool_error($t->call('wait', { ms => 30_000 }, uri => '/tool'), qr/100 ms/,
              'of that tool');
ok_result($t->call('work', { ms => 300 }, uri => '/tool'), 'of another one');
ok_result($t->call('wait', { ms => 300 }, uri => '/default'),
          'of the location');


# in a stream

my $s = stream('wait', { log => ['info'], every => 1, ms => 30_000 });
my @messages = $s->rest;
is($messages[0]{method}, 'notifications/message', 'a stream');
ok($messages[1]{result}{isError}, 'ends with the error');
ok($s->ended, 'and well');

$s = stream('wait', { progress => [1 .. 1000], every => 1, ms => 30_000 },
            meta => { progressToken => 1 });
@messages = $s->rest;
ok($messages[-1]{result}{isError}, 'one with progress');
is(count(qr/\[alert\]/), 0, 'leaves nothing');


# a thread: answered in time, its memory stays until it is done

$r = $t->call('work', { ms => 30_000, text => 'good thread' });
ok_tool_error($r, qr/did not finish within 200 ms/, 'a thread is too late');
ok($t->wait_log(qr/slow: "good thread" cancelled/), 'and is told');

my $c = $t->connect;

$c->send($t->request_bytes('tools/call', { name => 'work',
    arguments => { ms => 700, ignore => 1, text => 'deaf thread' } },
    headers => { Connection => 'keep-alive' }));
ok_tool_error($c->response, qr/did not finish/, 'one that does not listen');
unlike($t->error_log, qr/slow: "deaf thread" is late/, 'is not waited for');
$c->send($t->request_bytes('tools/call', { name => 'add',
    arguments => { a => 1, b => 2 } }, id => 2));
is($c->response->id, 2, 'the next request on the connection is answered');
like($t->error_log, qr/slow: "deaf thread" is late/, 'after it');

$c = $t->connect;
$c->send($t->request_bytes('tools/call', { name => 'work',
    arguments => { ms => 600, ignore => 1, text => 'left thread' } }));
ok_tool_error($c->response, qr/did not finish/, 'once more');
$c->abort;
ok($t->wait_log(qr/slow: "left thread" is late/), 'and nobody waits');

$s = stream('work', { log => [('info') x 400], every => 2,
                      progress => [1 .. 400], ignore => 1,
                      text => 'noisy thread', ms => 5 },
            meta => { logLevel => 'info', progressToken => 1 });
@messages = $s->rest;
ok($messages[-1]{result}{isError}, 'a thread that goes on talking');
ok($s->ended, 'is not heard');
ok($t->wait_log(qr/slow: "noisy thread" is late/), 'to its end');


# HTTP/2

$r = $t->curl_rpc('tools/call', { name => 'work',
    arguments => { ms => 600, ignore => 1 } }, port => $t->port(1),
    args => ['--http2-prior-knowledge']);
ok_tool_error($r, qr/did not finish/, 'HTTP/2: a thread');
$r = $t->curl_rpc('tools/call', { name => 'wait',
    arguments => { ms => 30_000 } }, port => $t->port(1),
    args => ['--http2-prior-knowledge']);
ok_tool_error($r, qr/did not finish/, 'HTTP/2: an event');


# each call of a batch has its time, late threads do not mix them up

$r = $t->post(encode_json_text([map { {
        jsonrpc => '2.0', id => $_, method => 'tools/call',
        params => { name => $_ % 2 ? 'work' : 'wait', arguments => {
            ms => $_ == 4 ? 150 : 500, ignore => 1, text => "b$_" } },
    } } 1 .. 5]), headers => { 'MCP-Protocol-Version' => '2025-03-26' });
is(join(' ', map { $_->{id} . ($_->{result}{isError} ? '!' : '') }
             @{ $r->json || [] }), '1! 2! 3! 4 5!', 'a batch');

finish();
