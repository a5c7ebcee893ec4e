#!/usr/bin/perl

# Large files as resources: read in a thread while other calls are served.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::MD5 qw(md5_hex);
use FindBin;
use MIME::Base64 ();
use POSIX ();
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;
use Time::HiRes qw(time);

# one thread, so that a call of "work" before it holds up what is read there

my $t = MCPTest->new(
    workers  => 1,
    modules  => [slow_tools()],
    main     => 'thread_pool one threads=1 max_queue=2;',
    http     => 'types { text/plain txt; }',
    location => <<'EOC', server => <<'EOC');
        mcp;
        mcp_tools slow demo;
        mcp_thread_pool one;
        mcp_resources tree uri=docs:// max=64m;
        mcp_resource docs:large { file tree/large.txt; max 64m; }
EOC
    location = /default {
        mcp;
        mcp_resources tree uri=docs:// max=64m;
    }

    location = /timeout {
        mcp;
        mcp_tools slow;
        mcp_thread_pool one;
        mcp_tool_timeout 100ms;
        mcp_tool_timeout 60s work;
        mcp_resources tree uri=docs:// max=64m;
    }
EOC

my $dir = $t->dir;


sub make {
    my ($path, $content) = @_;

    open my $fh, '>:raw', "$dir/$path" or die "$path: $!\n";
    print $fh $content;
    close $fh or die;
    return;
}


sub bytes {
    my ($uri, %o) = @_;
    return $t->request_bytes('resources/read', { uri => $uri }, %o);
}


sub resource_read {
    my ($uri, %o) = @_;
    return $t->rpc('resources/read', { uri => $uri }, %o);
}


# keeps the thread busy, returns a connection to hang up or to wait on

my $held = 0;

sub hold {
    my ($ms, %o) = @_;
    my $c = $t->connect;

    $held++;
    $c->send($t->request_bytes('tools/call', { name => 'work',
        arguments => { ms => $ms, text => "held $held" } }, %o));
    ok($t->wait_log(qr/slow: "held $held" begins/), 'the thread is busy');
    return $c;
}


mkdir "$dir/tree" or die;
my $text = join '', map { "line $_ \"quoted\" \\ \xc3\xa9\n" } 1 .. 40000;
my $blob = join '', map { chr(rand 256) } 1 .. 100000;
make('tree/small.txt', 'small');
make('tree/edge.txt', 'e' x 65536);
make('tree/above.txt', 'a' x 65537);
make('tree/large.txt', $text);
make('tree/large.bin', $blob);
make('tree/page.txt', 'p' x 70000);

$t->start;


# the same as ever

for my $uri ('/mcp', '/default', '/timeout') {
    is(resource_read('docs://above.txt', uri => $uri)
       ->result->{contents}[0]{text}, 'a' x 65537, "$uri: a text");
}

my $r = resource_read('docs://large.txt');
ok_result($r, 'a megabyte');
my $got = $r->result->{contents}[0]{text};
utf8::encode($got);
is(md5_hex($got), md5_hex($text), 'are complete');
is($r->result->{contents}[0]{mimeType}, 'text/plain', 'of their type');
$got = resource_read('docs:large')->result->{contents}[0]{text};
utf8::encode($got);
is(md5_hex($got), md5_hex($text), 'a resource of its own');
is(resource_read('docs://large.bin')->result->{contents}[0]{blob},
   MIME::Base64::encode($blob, ''), 'a blob');
is($t->legacy('resources/read', { uri => 'docs://above.txt' })
   ->result->{contents}[0]{text}, 'a' x 65537, 'a handshake client');


# it waits for a thread, others do not

my $c = hold(700);
my $large = $t->connect;
$large->send(bytes('docs://above.txt'));
my $start = time;
ok_result(resource_read('docs://small.txt'), 'a small file');
ok_result(resource_read('docs://edge.txt'), 'the largest of these');
ok_result($t->call('add', { a => 1, b => 2 }), 'a tool');
cmp_ok(time - $start, '<', 0.6, 'do not wait');
ok_result($c->response, 'the thread is free');
$r = $large->response;
is($r->result->{contents}[0]{text}, 'a' x 65537, 'and has read the file');

# while a megabyte are read over and over, small calls are quick

my @many = map { $t->connect } 1 .. 2;
$_->send(bytes('docs://large.txt')) for @many;
$start = time;
ok_result($t->call('echo', { text => 'x' }), 'meanwhile');
ok_result($_->response, 'large') for @many;

# a full queue

$c = hold(500);
my @queued = map { $t->connect } 1 .. 2;
$_->send(bytes('docs://above.txt')) for @queued;
ok_result(resource_read('docs://small.txt'), 'a full queue');
ok_error(resource_read('docs://above.txt'), 503, -32603, 'says so');
ok_result($c->response, 'the thread');
ok_result($_->response, 'and its queue') for @queued;


# cancelled in the queue, and while it is read

$c = hold(500);
$large = $t->connect;
$large->send(bytes('docs://above.txt'));
ok_result(resource_read('docs://small.txt'), 'one in the queue');
$large->close;
ok($t->wait_log(qr/mcp resource "docs:\/\/\{\+path\}" cancelled/),
   'is cancelled');
ok_result($c->response, 'the thread');
ok_result(resource_read('docs://above.txt'), 'the next one');

for (1 .. 10) {
    $large = $t->connect;
    $large->send(bytes('docs://large.txt'));
    select undef, undef, undef, rand 0.03;
    $large->close;
}
ok_result(wait_until(sub { my $r = resource_read('docs://above.txt');
                           $r->status == 200 && $r }), 'after many');

# a time limit

$c = hold(600, uri => '/timeout');
$r = resource_read('docs://above.txt', uri => '/timeout');
ok_error($r, 200, -32603, 'a time limit');
like($r->error->{message}, qr/did not finish within 100 ms/, 'says so');
ok_result($c->response, 'the thread');
ok_result(wait_until(sub { my $r = resource_read('docs://above.txt');
                           $r->status == 200 && $r }), 'the next one');


# files that change between the look and the thread

$c = hold(400);
$large = $t->connect;
$large->send(bytes('docs://page.txt'));
ok_result(resource_read('docs://small.txt'), 'before the change');
unlink "$dir/tree/page.txt" or die;
ok_result($c->response, 'the thread');
ok_error($large->response, 200, -32602, 'a file that is gone is not found');

make('tree/page.txt', 'p' x 70000);
$c = hold(400);
$large = $t->connect;
$large->send(bytes('docs://page.txt'));
ok_result(resource_read('docs://small.txt'), 'before the change');
make('tree/page.txt', 'short');
ok_result($c->response, 'the thread');
is($large->response->result->{contents}[0]{text}, 'short', 'a shorter one');

make('tree/page.txt', 'p' x 70000);
$c = hold(400);
$large = $t->connect;
$large->send(bytes('docs://page.txt'));
ok_result(resource_read('docs://small.txt'), 'before the change');
truncate "$dir/tree/page.txt", 65 * 1024 * 1024;
ok_result($c->response, 'the thread');
ok_error($large->response, 200, -32603, 'one that is too large by now');
like($t->error_log, qr/mcp file "page\.txt" of 68157440 bytes is larger/,
     'the log says so');

unlink "$dir/tree/page.txt";
make('tree/page.txt', 'p' x 70000);
$c = hold(400);
$large = $t->connect;
$large->send(bytes('docs://page.txt'));
ok_result(resource_read('docs://small.txt'), 'before the change');
unlink "$dir/tree/page.txt";
symlink '/etc/passwd', "$dir/tree/page.txt" or die;
ok_result($c->response, 'the thread');
ok_error($large->response, 200, -32602, 'a link leads nowhere');

unlink "$dir/tree/page.txt";
make('tree/page.txt', '');

{
    my $pid = fork // die;

    if ($pid == 0) {
        make('tree/page.txt', 'x' x int rand 400000) for 1 .. 2000;
        POSIX::_exit(0);
    }

    my ($n, $bad) = (0, 0);

    while (waitpid($pid, POSIX::WNOHANG()) == 0 && $n < 300) {
        $r = resource_read('docs://page.txt');
        $bad++ if !$r->result
                  || $r->result->{contents}[0]{text} !~ /\Ax*\z/;
        $n++;
    }

    kill 'KILL', $pid;
    waitpid $pid, 0;
    is($bad, 0, 'a file that changes all the time');
}

ok($t->reload, 'a reload');
ok_result(resource_read('docs://above.txt'), 'and all is well');

finish();
