#!/usr/bin/perl

# mcp_thread_pool: tools that block run in threads, queue when there are more
# calls than threads, and leave other requests alone.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::H2;
use MCPTest::Tools;
use POSIX ();

# each worker has threads of its own

my $t = MCPTest->new(
    workers  => 1,
    modules  => [slow_tools()],
    main     => <<'EOC',
    thread_pool four threads=4 max_queue=2000;
    thread_pool narrow threads=1 max_queue=2;
    worker_rlimit_nofile 8192;
EOC
    http     => 'log_format mcp "$status $mcp_tool $mcp_error";',
    location => 'mcp; mcp_tools slow demo; mcp_thread_pool four;',
    server   => <<'EOC',
    listen 127.0.0.1:%%PORT_1%% http2;
    keepalive_requests 10000;
    http2_max_concurrent_streams 1000;

    location = /default {
        mcp;
        mcp_tools slow;
    }

    location = /narrow {
        mcp;
        mcp_tools slow demo;
        mcp_thread_pool narrow;
        access_log %%DIR%%/narrow.log mcp;
    }
EOC
)->start;


sub bytes {
    my ($tool, $arguments, %o) = @_;

    return $t->request_bytes('tools/call',
        { name => $tool, arguments => $arguments }, %o);
}


# threads run beside each other

ok_result($t->call('work', { ms => 10 }, uri => '/default'),
          'the default pool');

my $start = Time::HiRes::time();
my @c = map { $t->connect } 1 .. 4;
$_->send(bytes('work', { ms => 300 })) for @c;
ok_result($_->response, 'one of four calls') for @c;
cmp_ok(Time::HiRes::time() - $start, '<', 1.0, 'four at once');


# the same call on the event loop is not disturbed, nor is a thread by it

my @busy = map { $t->connect } 1 .. 8;
$_->send(bytes('work', { ms => 400 })) for @busy;
$start = Time::HiRes::time();
ok_result($t->call('add', { a => 1, b => 2 }), 'another request') for 1 .. 20;
cmp_ok(Time::HiRes::time() - $start, '<', 0.7, 'is not stalled');
ok_result($_->response, 'one that was busy') for @busy;


# a full queue says so

my @held = map { $t->connect } 1 .. 3;
$held[0]->send(bytes('work', { ms => 600, text => 'first' }, uri => '/narrow'));
ok($t->wait_log(qr/slow: "first" begins/), 'one thread');
$_->send(bytes('work', { ms => 1, text => 'queued' }, uri => '/narrow'))
    for @held[1, 2];
ok_result($t->call('add', { a => 1, b => 2 }, uri => '/narrow'),
          'and two in its queue');
my $r = $t->call('work', { ms => 1 }, uri => '/narrow');
ok_error($r, 503, -32603, 'a full queue');
is(($t->wait_lines('narrow.log', 2))[1], '503 work unavailable', 'the log');
my @batch = @{ $t->post(encode_json_text([map { {
        jsonrpc => '2.0', id => $_, method => 'tools/call',
        params => { name => $_ == 1 ? 'work' : 'echo',
                    arguments => { text => 'x' } } } } 1, 2]),
    headers => { 'MCP-Protocol-Version' => '2025-03-26' },
    uri => '/narrow')->json };
is($batch[0]{error}{code}, -32603, 'in a batch');
ok($batch[1]{result}, 'the next call goes on');
ok_result($_->response, 'the others are served') for @held;


# what is cancelled in the queue never runs

my $first = $t->connect;
$first->send(bytes('work', { ms => 400, text => 'runs' }, uri => '/narrow'));
ok($t->wait_log(qr/slow: "runs" begins/), 'a busy thread');
my $queued = $t->connect;
$queued->send(bytes('work', { ms => 1, text => 'ghost' }, uri => '/narrow'));
ok_result($t->call('add', { a => 1, b => 2 }, uri => '/narrow'),
          'one in the queue');
$queued->close;
ok_result($first->response, 'the thread is done');
ok_result($t->call('work', { ms => 1, text => 'next' }, uri => '/narrow'),
          'and does the next');
unlike($t->error_log, qr/slow: "ghost" begins/, 'the other was cancelled');


# a thousand at once, over HTTP/2: four run, the others queue

my $pid = fork // die "fork: $!\n";

if ($pid == 0) {
    my ($body, $headers) = MCPTest::Message::message('modern', 'tools/call',
        { name => 'work', arguments => { ms => 5, text => 'k' } });
    my $h2 = MCPTest::H2->new($t->connect($t->port(1)));

    $t->write_file('many', $h2->many(1000, $body, $headers));
    POSIX::_exit(0);
}

ok($t->wait_log(qr/slow: "k" begins/), 'a thousand calls begin');

my ($most, $n) = (0, 0);

while (waitpid($pid, POSIX::WNOHANG()) == 0) {
    my $begin = Time::HiRes::time();
    my $ok = $t->call('echo', { text => 'x' })->result ? 1 : 0;
    my $took = Time::HiRes::time() - $begin;

    $most = $took if $took > $most;
    $n++ if $ok;
    select undef, undef, undef, 0.02;
}

is($t->slurp('many'), 1000, 'all are answered');
cmp_ok($n, '>=', 10, 'and so are others in between');
cmp_ok($most, '<', MCPTest::sanitize() ? 3 : 0.5, 'promptly');


# a thousand connections that wait at once, of legacy clients who would like to
# be told of progress

my @many = map { $t->connect } 1 .. 400;
my $wait = $t->legacy_bytes('tools/call', { name => 'work',
    arguments => { ms => 5, progress => [1] },
    _meta => { progressToken => 1 } });
$_->send($wait) for @many;
$start = Time::HiRes::time();
ok_result($t->call('echo', { text => 'x' }), 'four hundred connections wait');
cmp_ok(Time::HiRes::time() - $start, '<', MCPTest::sanitize() ? 3 : 0.5,
       'promptly');
my $good = grep { $_->response->body =~ /^data: .*"text":"done"/m } @many;
is($good, 400, 'all get their stream');


# fast shutdown does not wait for the queue

my @left = map { $t->connect } 1 .. 12;
$_->send(bytes('work', { ms => 600, text => 'left' })) for @left;
ok($t->wait_log(qr/slow: "left" begins/), 'before the end');
$start = Time::HiRes::time();
$t->stop('TERM');
cmp_ok(Time::HiRes::time() - $start, '<', 1.7,
       'a fast shutdown does not wait for the queue');

finish();
