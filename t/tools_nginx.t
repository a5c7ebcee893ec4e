#!/usr/bin/perl

# The pack "nginx": nginx_status and nginx_log.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Encode ();
use FindBin;
use POSIX ();
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use Time::HiRes qw(time);

my %conf = (
    http   => <<'EOC',
    log_format line '$request_method $uri $status "$http_x_note"';
EOC
    server => <<'EOC',
    location = /logs {
        mcp;
        mcp_tools nginx;
        mcp_nginx_log access logs/access.log;
        mcp_nginx_log error  error.log;
        mcp_nginx_log made   logs/made.log;
        mcp_nginx_log none   logs/none.log;
        mcp_nginx_log pipe   logs/pipe;
        mcp_nginx_log dir    logs;
        mcp_nginx_log secret logs/secret.log;
    }

    location = /one {
        mcp;
        mcp_tools nginx;
        mcp_nginx_log access logs/access.log;
    }

    location = /page {
        access_log logs/access.log line;
        return 204;
    }
EOC
    location => 'mcp; mcp_tools nginx demo;',
);

my $t = MCPTest->new(%conf);

mkdir $t->path('logs') or die;
POSIX::mkfifo($t->path('logs/pipe'), 0600) or die;
my $begin = time;
$t->start;

my $stat = `nginx -V 2>&1` =~ /--with-http_stub_status_module/;
my $workers = $ENV{TEST_WORKERS} || 1;
my $r;


sub status {
    $r = $t->call('nginx_status', {}, @_);
    return $r->result->{structuredContent};
}


sub tail {
    my ($args, %o) = @_;

    $r = $t->call('nginx_log', $args, uri => '/logs', %o);
    return [$r->body] if !$r->result || $r->result->{isError};
    return $r->result->{structuredContent}{lines};
}


sub truncated { return $r->result->{structuredContent}{truncated} }


sub page {
    my ($note) = @_;
    return $t->exchange($t->http_bytes(method => 'GET', uri => '/page',
                                       headers => ['X-Note' => $note]));
}


# nginx_status

my $s = status();

ok_result($r, 'status');
my ($version) = `nginx -v 2>&1` =~ m{nginx/([\d.]+)};
is($s->{version}, $version, 'version');
is($s->{workers}, $workers, 'workers');
ok((grep { $_ == $s->{worker}{pid} } $t->worker_pids), 'the worker');
is($s->{worker}{max_connections}, 512, 'its connections');
cmp_ok($s->{worker}{connections}, '>', 0, 'of which some are in use');
cmp_ok($s->{worker}{connections}, '<', 200, 'not all');
is($s->{configuration}{generation}, 1, 'the first configuration');
cmp_ok($s->{configuration}{uptime}, '<=', time - $begin + 1, 'uptime');
cmp_ok($s->{uptime}, '<=', time - $begin + 1, 'of nginx too');
is_deeply($s->{logs}, [], 'no logs');
is($s->{zone}{size}, 16 * 1024 * 1024, 'the zone');
cmp_ok($s->{zone}{free}, '<', $s->{zone}{size}, 'of which some is used');
is_deeply(status(uri => '/logs')->{logs},
          [qw(access error made none pipe dir secret)], 'logs');

SKIP: {
    skip('no counters', 6) if !$stat;

    my ($before, @c) = status();
    @c = map { $t->connect } 1 .. 5;
    $_->send($t->request_bytes('tools/call', { name => 'echo',
        arguments => { text => 'x' } })) for @c;
    ok_result($_->response, 'a connection') for $c[0];
    $_->response for @c[1 .. 4];
    my $after = status();

    is($after->{requests} - $before->{requests}, 6, 'requests');
    is($after->{connections}{accepted} - $before->{connections}{accepted}, 6,
       'connections');
    is($after->{connections}{handled}, $after->{connections}{accepted},
       'all handled');
    cmp_ok($after->{connections}{waiting}, '>=', 5, 'waiting');
    cmp_ok($after->{connections}{active}, '>=', 6, 'active');
    cmp_ok($after->{connections}{writing}, '>=', 1, 'writing');
    $_->close for @c;
}

ok($t->reload, 'reload');
is(status()->{configuration}{generation}, 2, 'the second configuration');
ok($t->reload(%conf, http => "$conf{http}\n# another\n"), 'again');
is(status()->{configuration}{generation}, 3, 'the third');
cmp_ok(status()->{uptime}, '>=', status()->{configuration}{uptime},
       'nginx is older than its configuration');
ok($t->reload(%conf, http => 'no_such_directive;', fails => qr/\[emerg\]/),
   'a reload that fails');
$t->expect(qr/unknown directive "no_such_directive"/);
is(status()->{configuration}{generation}, 3, 'is none');

{
    my ($pid) = $t->worker_pids;

    $t->expect(qr/worker process $pid exited on signal 9/);
    kill 'KILL', $pid;
    ok($t->wait_log(qr/worker process $pid exited on signal 9/), 'killed');
    ok(wait_until(sub { my $x = eval { status() };
        $x && $x->{worker}{pid} != $pid }), 'another worker');
    is(status()->{configuration}{generation}, 3,
       'a worker that is started again knows');
}

ok_tool_error($t->call('nginx_status', { x => 1 }), qr/x/, 'no arguments');


# nginx_log: real lines

page("request $_") for 1 .. 60;
is(scalar @{ tail({ log => 'access' }) }, 50, 'fifty lines by default');
is(truncated(), 'lines', 'of more');
is(tail({ log => 'access', lines => 2 })->[1], 'GET /page 204 "request 60"',
   'the last one last');
is(tail({}, uri => '/one')->[-1], 'GET /page 204 "request 60"',
   'the only log');
is(scalar @{ tail({ log => 'access', lines => 1000 }) }, 60, 'all of them');
ok(!defined truncated(), 'to the beginning');
is_deeply(tail({ log => 'access', pattern => '"request [123]"' }),
          [map { "GET /page 204 \"request $_\"" } 1 .. 3], 'a pattern');
is_deeply(tail({ log => 'access', pattern => 'REQUEST 60', flags => 'i' }),
          ['GET /page 204 "request 60"'], 'with a flag');
is_deeply(tail({ log => 'access', pattern => 'POST' }), [], 'nothing');
like(tail({ log => 'error', lines => 1000 })->[0], qr/\[notice\] .*: using/,
     'the error log');

# rotation

rename $t->path('logs/access.log'), $t->path('logs/access.log.1') or die;
like(tail({ log => 'access' })->[0], qr/is not there: nothing was logged/,
     'a log that is rotated');
$t->signal('USR1');
ok(wait_until(sub { -e $t->path('logs/access.log') }), 'a new one');
# the master opens it first, and then each worker
ok(wait_until(sub { page('new'); -s $t->path('logs/access.log') }),
   'that is written to');
is(tail({ log => 'access' })->[0], 'GET /page 204 "new"', 'is read');


# made ones: against all lines, for sizes around a block

sub made {
    my ($name, $content, @expected) = @_;

    $t->write_file('logs/made.log', '');
    open my $fh, '>:raw', $t->path('logs/made.log') or die;
    print $fh $content;
    close $fh;

    my $n = @expected;
    is_deeply(tail({ log => 'made', lines => $n || 1 }), \@expected, $name);
    return;
}

made('an empty log', '');
made('a line', "one\n", 'one');
made('a line that is not complete', "one\ntwo", 'one', 'two');
made('empty lines', "\n\na\n\n", '', '', 'a', '');
made('a newline', "\n", '');
made('no UTF-8, NUL', "a\xe9b\0c\n\xe2\x82\n", "a\x{fffd}b\x{fffd}c",
     "\x{fffd}\x{fffd}");
made('control characters', "\e[31mred\r\n", "\e[31mred\r");
made('a long line', 'x' x 10000 . "\n", 'x' x 4096 . "\x{2026}");
made('a long line of characters', "\xe2\x82\xac" x 2000 . "\n",
     "\x{20ac}" x 1365 . "\x{2026}");

for my $size (65534 .. 65538, 131070 .. 131074) {
    made("a line of $size bytes before", 'x' x $size . "\nlast\n", 'last');
    made("a line of $size bytes after", "first\n" . 'x' x ($size - 7) . "\n",
         'first', 'x' x 4096 . "\x{2026}") if $size < 65530 + 7;
}

{
    my @lines = map { "$_ " . 'y' x ($_ * 7919 % 300) } 1 .. 5000;

    made('lines of all lengths', join('', map { "$_\n" } @lines),
         @lines[-900 .. -1]);
    is(truncated(), 'lines', 'the last 900');
    is_deeply(tail({ log => 'made', pattern => '^[1-9] ' }), [@lines[0 .. 8]],
              'the first ones by a pattern');
    ok(!defined truncated(), 'from the beginning');
}

open my $fh, '>:raw', $t->path('logs/made.log') or die;
print $fh 'z' x 4000, "\n" for 1 .. 200;
close $fh;
is(scalar @{ tail({ log => 'made', lines => 1000 }) }, 65,
   'a quarter of a megabyte at most');
is(truncated(), 'bytes', 'says so');

# what takes for ever

open $fh, '>:raw', $t->path('logs/made.log') or die;
print $fh 'a' x 50, "b\n";
close $fh;
like(tail({ log => 'made', pattern => '(a+)+$' })->[0], qr/match limit/,
     'nested quantifiers');
like(tail({ log => 'made', pattern => '(' })->[0],
     qr/not a valid regular expression/, 'a bad pattern');

open $fh, '>:raw', $t->path('logs/made.log') or die;
print $fh 'a' x 60000, "\n" for 1 .. 300;
close $fh;
my $c = $t->connect;
$c->send($t->request_bytes('tools/call', { name => 'nginx_log',
    arguments => { log => 'made', pattern => 'a+[bc]' } }, uri => '/logs'));
ok_result($t->call('echo', { text => 'x' }), 'others are served');
$c->close;
ok($t->wait_log(qr/mcp tool "nginx_log" cancelled/), 'cancelled');

# a log that is truncated and written to while it is read: a line may be in
# parts, yet is one of the log

{
    $t->write_file('logs/made.log', '');
    my $pid = fork // die;

    if ($pid == 0) {
        for (1 .. 20000) {
            open my $out, $_ % 50 ? '>>' : '>', $t->path('logs/made.log');
            print $out "line $_\n" x 50;
            close $out;
        }
        POSIX::_exit(0);
    }

    my ($n, $bad) = (0, 0);

    while (waitpid($pid, POSIX::WNOHANG()) == 0 && $n < 200) {
        $bad++ if grep { !/^[line \d]*$/ } @{ tail({ log => 'made',
            lines => 1000 }) };
        $n++;
    }

    kill 'KILL', $pid;
    waitpid $pid, 0;
    is($bad, 0, 'a log that is truncated while it is read');
}


# what is no log

like(tail({ log => 'none' })->[0], qr/log "none" is not there|log \\"none/,
     'a log that is not there');
like(tail({ log => $_ })->[0], qr/is no regular file/, "a $_")
    for qw(pipe dir);
like(tail({ log => 'other' })->[0],
     qr/is one of: access, error, made, none, pipe, dir, secret/,
     'an unknown log');
like(tail({})->[0], qr/is one of: access/, 'which log');
like(tail({ log => '../error.log' })->[0], qr/is one of/, 'a path');
ok_tool_error($t->call('nginx_log', {}), qr/no logs here/, 'no logs');
ok_tool_error($t->call('nginx_log', { lines => 1001 }, uri => '/logs'),
              qr{/lines}, 'too many lines');
like($t->error_log, qr/open\(\) ".*none\.log" failed/, 'the error log says it');

SKIP: {
    skip('root may read everything', 1) if $> == 0;

    open $fh, '>', $t->path('logs/secret.log') or die;
    close $fh;
    chmod 0, $t->path('logs/secret.log');
    like(tail({ log => 'secret' })->[0], qr/cannot be read by the workers/,
         'a log that may not be read');
}


# mistakes

refused('one name twice', location => 'mcp_nginx_log a b; mcp_nginx_log a c;',
        qr/duplicate log "a"/);
refused('no name', location => 'mcp_nginx_log "" b;', qr/needs a name/);
refused('no file', location => 'mcp_nginx_log a "";', qr/empty file name/);
accepted('inherited', http => 'mcp_nginx_log a b;',
         location => 'mcp; mcp_tools nginx;');

finish();
