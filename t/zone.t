#!/usr/bin/perl

# mcp_zone: what workers share, values and a bus, over reloads and the death of
# a worker.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;
use Time::HiRes ();

plan(skip_all => 'no module ' . MCPTest::module()) if !-e MCPTest::module();

my $module = probe_zone() or plan(skip_all => 'no objects of the module');
my @keep = (headers => [Connection => 'keep-alive']);

use constant { OK => 0, BUSY => -3, DECLINED => -5 };


# what a test talks to: a server, and for each worker a connection to it

my ($t, %worker, @pids);


sub server {
    my (%o) = @_;

    return MCPTest->new(
        bare => 1, modules => [$module], workers => 4, listen => 'reuseport',
        location => 'mcp; mcp_tools zone;', main => 'thread_pool default threads=2;',
        server => 'keepalive_requests 100000; location = /zone { probe_zone; }',
        %o);
}


sub ask {
    my ($pid, $op, %arg) = @_;

    my $c = ref $pid ? $pid : $worker{$pid};

    $c->send($t->http_bytes(uri => "/zone?op=$op"
                            . join('', map { "&$_=$arg{$_}" } sort keys %arg),
                            @keep));
    return $c;
}


# the process, the outcome, the rest

sub told {
    my ($c) = @_;

    return split / /, $c->response->body // '', 3;
}


sub does {
    my ($pid, $op, %arg) = @_;

    my (undef, $rc, $rest) = told(ask($pid, $op, %arg));
    return wantarray ? ($rc, $rest) : $rc;
}


sub connect_all {
    my ($n) = @_;

    %worker = ();

    for (1 .. 500) {
        my $c = $t->connect;
        my ($pid) = told(ask($c, 'stat'));

        $worker{$pid} //= $c;
        last if keys %worker == $n;
    }

    @pids = sort { $a <=> $b } keys %worker;
    return is(scalar @pids, $n, "$n workers");
}


sub stat_of {
    my ($rc, $text) = does($pids[0], 'stat');
    return { $text =~ /(\w+)=(\d+)/g };
}


# those that wait, when they do

sub waits {
    my ($pid, $key, %arg) = @_;

    my $size = length $t->error_log;
    my $c = ask($pid, 'wait', key => $key, ms => 20_000, %arg);

    MCPTest::wait_until(sub {
        substr($t->error_log, $size) =~ /probe waits \S*key=\Q$key\E&/;
    }) or fail('waits');

    return $c;
}


sub heard {
    my ($c) = @_;

    my (undef, undef, $rest) = told($c);
    return split / /, $rest;
}


$t = server(
    http => <<'EOC',
    mcp_zone zone=shared:512k;
    proxy_cache_path %%DIR%%/cache keys_zone=cache:1m;
EOC
)->start;

connect_all(4);


# values

is(does($pids[0], 'get', key => 'a'), DECLINED, 'no value');
is(does($pids[0], 'put', key => 'a', value => 'one'), OK, 'put');
is(join(' ', does($_, 'get', key => 'a')), '0 3 "one"', 'get elsewhere')
    for @pids[1 .. 3];
is(does($pids[1], 'put', key => 'a', value => 'second'), OK, 'put again');
is(join(' ', does($pids[2], 'get', key => 'a')), '0 6 "second"',
   'the new one');
is(stat_of()->{entries}, 1, 'there once');
is(does($pids[3], 'there', key => 'a'), OK, 'is it there?');
is(join(' ', does($pids[3], 'take', key => 'a')), '0 6 "second"', 'take');
is(does($pids[0], $_, key => 'a'), DECLINED, "$_: gone")
    for qw(get take there);
is(does($pids[0], 'remove', key => 'a'), OK, 'remove what is not there');

does($pids[0], 'put', key => 'b', value => 'x');
does($pids[1], 'remove', key => 'b');
is(does($pids[2], 'get', key => 'b'), DECLINED, 'removed');

is(does($pids[0], 'put', key => 'empty', size => 0), OK, 'an empty value');
is(join(' ', does($pids[1], 'take', key => 'empty')), '0 0 ""', 'is a value');

# a value that is replaced if it is the one that was read

is(does($pids[0], 'replace', key => 'r', value => 'a', old => 'x'), BUSY,
   'replace what is not there');
is(does($pids[1], 'replace', key => 'r', value => 'a'), OK, 'none by one');
is(does($pids[2], 'replace', key => 'r', value => 'b'), BUSY, 'there is one');
is(does($pids[2], 'replace', key => 'r', value => 'b', old => 'aa'), BUSY,
   'another one');
is(join(' ', does($pids[0], 'get', key => 'r')), '0 1 "a"', 'as before');
is(does($pids[3], 'replace', key => 'r', value => 'bc', old => 'a'), OK,
   'that one');
is(join(' ', does($pids[0], 'take', key => 'r')), '0 2 "bc"', 'replaced');

does($pids[0], 'put', key => 'short', value => 'x', ttl => 1);
does($pids[0], 'put', key => 'long', value => 'x', ttl => 100);
is(does($pids[0], 'put', key => 'never', value => 'x', ttl => 0), OK, 'ttl 0');
is(does($pids[0], 'get', key => 'never'), DECLINED, 'has expired');
ok(MCPTest::wait_until(sub {
    does($pids[1], 'there', key => 'short') == DECLINED;
}), 'a value expires');
is(does($pids[1], 'there', key => 'long'), OK, 'another one does not');
does($pids[1], 'remove', key => 'long');


# sizes

my $stat = stat_of();

is($stat->{size}, 512 * 1024, 'the size of the zone');
is($stat->{entries}, 0, 'empty');
cmp_ok($stat->{free}, '>', 256 * 1024, 'most of it is free');

for my $size (1, 64, 100, 2047, 2048, 4000, 4096, 10_000, 100_000) {
    is(does($pids[0], 'put', key => 'big', size => $size), OK, "put $size");
    like((does($pids[1], 'take', key => 'big'))[1],
         $size > 64 ? qr/^$size "x{64}"/ : qr/^$size "x{$size}"/,
         "get $size");
}

does($pids[0], 'put', key => 'here', value => 'still');
is(does($pids[0], 'put', key => 'big', size => 600_000), DECLINED,
   'more than the zone has');
is(does($pids[0], 'put', key => 'big', size => $stat->{free}), DECLINED,
   'more than it has when it is empty');
is(does($pids[0], 'there', key => 'here'), OK, 'evicts nothing');
is(stat_of()->{evicted}, 0, 'nothing at all');

my $all = $stat->{free} - 4096;

is(does($pids[0], 'put', key => 'big', size => $all), OK, 'all of it');
is(stat_of()->{evicted}, 1, 'evicts the other one');
is(stat_of()->{entries}, 1, 'and is alone');
does($pids[0], 'remove', key => 'big');
is(stat_of()->{free}, $stat->{free}, 'nothing is lost');


# evicted: what has expired, then what was used least recently

is(join(' ', does($pids[0], 'fill', key => 'n', n => 10_000, size => 100)),
   '0 10000', 'more than fit');
$stat = stat_of();
cmp_ok($stat->{entries}, '>', 500, 'many are there');
is($stat->{entries} + $stat->{evicted}, 10_001, 'the others are evicted');
is(does($pids[1], 'there', key => 'n9999'), OK, 'the last is there');
is(does($pids[1], 'there', key => 'n0'), DECLINED, 'the first is not');

does($pids[0], 'put', key => 'used', value => 'x');
does($pids[0], 'put', key => 'unused', value => 'x');

for my $i (1 .. 8) {
    does($pids[$i % 4], 'fill', key => "m$i-", n => 400, size => 100);
    is(does($pids[$i % 4], 'there', key => 'used'), OK, 'used: stays');
}

is(does($pids[0], 'there', key => 'unused'), DECLINED, 'not used: goes');

does($pids[0], 'fill', key => 'e', n => 10_000, size => 100, ttl => 1);
does($pids[0], 'put', key => 'old', value => 'x', ttl => 100);
does($pids[0], 'fill', key => 'e', n => 300, size => 100, ttl => 1);
ok(MCPTest::wait_until(sub {
    does($pids[0], 'there', key => 'e299') == DECLINED;
}), 'the newest ones expire');
my $evicted = stat_of()->{evicted};
does($pids[0], 'fill', key => 'f', n => 300, size => 100);
does($pids[0], 'put', key => 'large', size => 60_000);
is(stat_of()->{evicted}, $evicted, 'they go first');
is(does($pids[0], 'there', key => 'old'), OK, 'an old one stays');


# the bus: well below 100 ms from each worker to each, so by an event: what
# there is of timers takes a second

sub median {
    my @sorted = sort { $a <=> $b } @_;
    return $sorted[$#sorted / 2];
}


sub deliver {
    my ($from, @to) = @_;

    my @c = map { waits($_, 'news') } @to;
    my (undef, $then) = does($from, 'publish', key => 'news');
    my @all = map { [heard($_)] } @c;

    is(join(' ', map { $_->[0] } @all), join(' ', map { 'heard' } @to),
       "from $from to @to");
    return map { ($_->[1] - $then) / 1000 } @all;
}


my @ms;

for my $from (@pids) {
    my @to = grep { $_ != $from } @pids;

    push @ms, deliver($from, @to) for 1 .. 3;
}

cmp_ok(median(@ms), '<', 50, 'in less than 50 ms');
cmp_ok((sort { $a <=> $b } @ms)[-1], '<', 900, 'each of them by an event');
diag(sprintf 'median %.2f ms, at most %.2f ms', median(@ms),
     (sort { $a <=> $b } @ms)[-1]);


# to the same worker, from a thread

my $c = waits($pids[0], 'self');
my $other = $t->connect;

until ((told(ask($other, 'stat')))[0] == $pids[0]) {
    $other = $t->connect;
}

ask($other, 'publish', key => 'self');
told($other);
is((heard($c))[0], 'heard', 'in the same worker');

my @c = map { waits($_, 'thread') } @pids;
ok_result($t->call('publish', {}), 'published in a thread');
is((heard($_))[0], 'heard', 'heard') for @c;


# only what one waits for, only from then on

$c = ask($pids[0], 'wait', key => 'mine', ms => 300);
does($pids[1], 'publish', key => 'yours');
is((heard($c))[0], 'late', 'another key');

$c = waits($pids[0], 'mine');
does($pids[1], 'publish', key => 'mine');
is((heard($c))[0], 'heard', 'mine');
waits($other, 'other');
does($pids[1], 'publish', key => 'mine', quiet => 1);
$c = waits($pids[0], 'mine', ms => 300);
does($pids[1], 'publish', key => 'other');
is((heard($other))[0], 'heard', 'when there is news');
is((heard($c))[0], 'late', 'what was before is none');


# many at once; when the ring has gone round, all hear

my $published = stat_of()->{published};

@c = map { waits($_, 'needle') } @pids[1 .. 3];
does($pids[0], 'publish', key => 'hay', n => 1000, quiet => 999);
my (undef, $then) = does($pids[0], 'publish', key => 'needle');
does($pids[0], 'publish', key => 'hay', n => 1000, quiet => 999);

for (@c) {
    my ($what, $when) = heard($_);
    is($what, 'heard', 'one among 2000');
    cmp_ok(($when - $then) / 1000, '<', 900, 'in time');
}

is(stat_of()->{published}, $published + 2001, 'all are counted');

@c = map { waits($_, 'lost') } @pids[1 .. 3];
does($pids[0], 'publish', key => 'hay', n => 5000, quiet => 4999);
is((heard($_))[0], 'heard', 'the ring has gone round') for @c;
deliver(@pids[0, 1]);


# lists

is(does($pids[0], 'lists', key => 'endpoint'), DECLINED, 'no lists');
does($pids[0], 'set', key => 'endpoint', value => 'a');
does($pids[0], 'set', key => 'another', value => 'b');
is(join(' ', does($pids[1], 'lists', key => 'endpoint')), '0 0a 1a 2a',
   'lists');
does($pids[2], 'set', key => 'endpoint', value => 'c');
is(join(' ', does($pids[1], 'lists', key => 'endpoint')), '0 0c 1c 2c',
   'newer ones');
is(join(' ', does($pids[1], 'lists', key => 'another')), '0 0b 1b 2b',
   'of another endpoint');
is(does($pids[1], 'lists', key => 'endpoint', n => 2), DECLINED,
   'of a module that has fewer');

for my $i (1 .. 512) {
    does($pids[$i % 4], 'set', key => "e$i", value => $i);
}

is(does($pids[1], 'lists', key => 'endpoint'), DECLINED, 'too many endpoints');
is((does($pids[1], 'lists', key => "e$_"))[1], "0$_ 1$_ 2$_", "the last, $_")
    for 1, 2, 511, 512;


# over a reload

sub signing { return join ' ', does($pids[0], 'signing') }

my $signing = signing();

like($signing, qr/^1 [0-9a-f]{64}$/, 'a random key');
does($pids[0], 'put', key => 'kept', value => 'kept');
$published = stat_of()->{published};

my @exit = map { waits($_, 'reload', idle => 1) } @pids[0 .. 2];
my $stay = waits($pids[3], 'reload', stay => 1);
my @old = @pids;

ok($t->reload(wait => 0), 'reload');
is((heard($_))[0], 'exiting', 'who waits is told') for @exit;
connect_all(4);
ok(!(grep { $worker{$_} } @old), 'all of them new');
is(join(' ', does($pids[0], 'get', key => 'kept')), '0 4 "kept"',
   'values are kept');
is(stat_of()->{published}, $published, 'so is the ring');
is(signing(), $signing, 'the key');
is((does($pids[1], 'lists', key => 'e512'))[1], '0512 1512 2512',
   'and the lists');
does($pids[1], 'publish', key => 'reload');
is((heard($stay))[0], 'heard', 'an old worker hears what new ones say');
ok(MCPTest::wait_until(sub {
    my $log = $t->error_log;
    !grep { $log !~ /worker process $_ exited with code 0/ } @old;
}), 'the old workers are gone');
deliver(@pids[0, 1, 2, 3]);

ok($t->reload(http => 'mcp_zone zone=shared:1m;'), 'another size');
connect_all(4);
is(stat_of()->{size}, 1024 * 1024, 'is another zone');
is(does($pids[0], 'there', key => 'kept'), DECLINED, 'without values');
is(signing(), $signing, 'with the same key');
deliver(@pids[0, 1]);

ok($t->reload(http => ''), 'the default zone');
connect_all(4);
is(stat_of()->{size}, 16 * 1024 * 1024, 'has 16m');
is(signing(), $signing, 'and the same key');

ok($t->reload(http => 'mcp_zone zone=shared:256k;'), 'the smallest zone');
connect_all(4);


# a worker is killed: idle, with the mutex locked, in the middle of a change

sub dies {
    my ($name, $kill) = @_;

    my @before = @pids;

    $kill->($pids[3]);
    ok($t->wait_log(qr/worker process $pids[3] exited on signal 9/), $name);
    $t->expect(qr/worker process $pids[3] exited on signal 9/);
    ok(MCPTest::wait_until(sub {
        my $log = $t->error_log;
        my ($after) = $log =~ /process $before[3] exited on signal 9(.*)/s;
        $after =~ /start worker process \d/;
    }), 'another one is started');
    connect_all(4);
    return deliver(@pids);
}


does($pids[0], 'put', key => 'kept', value => 'kept');
$c = waits($pids[3], 'dead');
dies('SIGKILL', sub { kill 'KILL', $_[0] });
ok($c->closed, 'its requests are gone');
is(does($pids[0], 'there', key => 'kept'), OK, 'values are kept');
does($pids[0], 'publish', key => 'dead');

dies('with the mutex locked', sub { ask($_[0], 'die') });
$t->expect(qr/shared memory zone "shared" was locked by/);
is(does($pids[0], 'there', key => 'kept'), OK, 'values are kept');
is(does($pids[1], 'put', key => 'next', value => 'x'), OK, 'put');

$published = stat_of()->{published};
dies('while it writes', sub { ask($_[0], 'die', writing => 1) });
is(does($pids[0], 'there', key => 'kept'), DECLINED, 'values are lost');
is(does($pids[0], 'put', key => 'kept', value => 'new'), OK, 'put');
is(join(' ', does($pids[1], 'get', key => 'kept')), '0 3 "new"', 'get');
is(join(' ', does($pids[2], 'fill', key => 'n', n => 3000, size => 100)),
   '0 3000', 'all of the zone can be used');
cmp_ok(stat_of()->{entries}, '>', 100, 'as before');
is(stat_of()->{published}, $published + 1, 'the ring is kept');
is(signing(), $signing, 'so is the key');

$c = waits($pids[0], 'exit', idle => 1);

$then = Time::HiRes::time();
$t->signal('QUIT');

is((heard($c))[0], 'exiting', 'told of a shutdown');
cmp_ok(Time::HiRes::time() - $then, '<', 0.9, 'at once');
ok($t->stop, 'stop');


# where nothing rings

$t = server(modules => [probe_zone(PROBE_SILENT => 1)], workers => 2)->start;
connect_all(2);
@ms = map { deliver(@pids) } 1 .. 5;
cmp_ok(median(@ms), '>', 5, 'without a ring: when the timer says so');
cmp_ok((sort { $a <=> $b } @ms)[-1], '<', 900, 'soon');
$c = waits($pids[0], 'exit');
$t->signal('QUIT');
is((heard($c))[0], 'exiting', 'told of a shutdown');
ok($t->stop, 'stop');
is(join("\n", $t->complaints), '', 'nothing in the log');


# all in one process

$t = server(main => "master_process off;\nthread_pool default threads=2;",
            workers => 1)->start;
connect_all(1);
$c = waits($pids[0], 'one');
$other = $t->connect;
does($other, 'publish', key => 'one');
is((heard($c))[0], 'heard', 'one process');
is(does($other, 'put', key => 'a', value => 'x'), OK, 'put');
is(does($other, 'there', key => 'a'), OK, 'get');
ok($t->stop, 'stop');

finish();
