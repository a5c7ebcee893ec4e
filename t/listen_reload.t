#!/usr/bin/perl

# Reload with 200 streams open and calls going on: no call fails or hangs, each
# stream ends with its result, the old workers are gone within 2 seconds.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Load;
use MCPTest::Message;
use Time::HiRes ();

use constant { STREAMS => 200, WORKERS => 4 };

my %location = (
    plain   => 'mcp; mcp_tools demo;',
    changed => 'mcp; mcp_tools demo text;',
);

my $t = MCPTest->new(
    workers  => WORKERS,
    listen   => 'reuseport',
    location => $location{plain},
    server   => <<'EOC',
    listen 127.0.0.1:%%PORT_1%% http2;

    location = /publish {
        mcp_publish;
    }
EOC
)->start;

my $filter = { toolsListChanged => true };
my $within = MCPTest::sanitize() ? 10 : 2;
my $listen = $t->request_bytes('subscriptions/listen',
                               { notifications => $filter });
my ($body, $headers) = MCPTest::Message::message('modern',
    'subscriptions/listen', { notifications => $filter });


# the request is sent on all of them before an answer is read

sub streams {
    my ($n) = @_;

    my @c = map { $t->connect } 1 .. $n;

    $_->send($listen) for @c;

    my @s = map { MCPTest::Events->on($_) } @c;
    my @ack = grep { ($_->next // {})->{method} =~ /acknowledged$/ } @s;

    is(scalar @ack, $n, "$n streams");
    return @s;
}


# sockets of each worker, the least first

sub sockets {
    my @n = sort { $a <=> $b } map {
        scalar grep { (readlink // '') =~ /^socket:/ } glob "/proc/$_/fd/*"
    } $t->worker_pids;

    return @n;
}


# A reload: what the streams are told until they end, as clients see it, which
# close their connections then; and seconds until the last of the old workers
# has exited.

sub reloads {
    my ($s, %change) = @_;

    my @old = $t->worker_pids;
    my $size = length $t->error_log;
    my $start = Time::HiRes::time();

    $t->reload(wait => 0, %change);

    my $told = told(@$s);

    my $gone = wait_until(sub {
        my $log = substr $t->error_log, $size;
        !grep { $log !~ /worker process $_ exited with code 0/ } @old;
    });
    my $time = Time::HiRes::time() - $start;

    ok($gone, 'the old workers are gone');
    cmp_ok($time, '<', $within, sprintf 'after %.2f s', $time);
    return $told;
}


# how many streams were told so: "method" or "result"; "cut" without an end

sub told {
    my (@s) = @_;

    my %told;

    for my $s (@s) {
        my @methods = map { $_->{method} // ($_->{result} ? 'result' : 'error') }
                      $s->rest;

        $told{ join ' ', @methods, $s->ended ? () : 'cut' }++;
        $s->connection->close;
    }

    return \%told;
}


sub is_heard {
    my ($name, @s) = @_;

    my $r = $t->post('{"method":"notifications/tools/list_changed"}',
                     uri => '/publish');
    ok_accepted($r, 'published');

    my @methods = map { ($_->next // {})->{method} // 'none' } @s;

    is(scalar(grep { $_ eq 'notifications/tools/list_changed' } @methods),
       scalar @s, $name);
    return;
}


# streams in all workers, calls in four processes

my $load = MCPTest::Load->start(
    $t, $t->request_bytes('tools/call',
        { name => 'add', arguments => { a => 1, b => 2 } },
        headers => { Connection => undef }),
    qr/"sum":3/, kept => 2, new => 2);

my ($r, @s, @h2);

for my $round (1 .. 3) {
    @s = streams(STREAMS);

    my @sockets = sockets();
    cmp_ok($sockets[0], '>', 10, "in each worker: @sockets");
    is(scalar @sockets, WORKERS, 'of all');

    @h2 = map {
        MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1))
    } 1 .. 4;
    is(scalar(grep { $_->next } @h2), 4, 'HTTP/2');

    is_heard('all have heard', @s, @h2);
    ok($load->wait(10), 'calls go on');

    is_deeply(reloads([@s, @h2]), { result => STREAMS + @h2 },
              'each stream has a result');
    ok($load->wait(10), 'calls go on');
}


# streams that come while a reload is under way: all of them end, or go on

@s = ();

for (1 .. 3) {
    $t->signal('HUP');

    for (1 .. 60) {
        my $s = eval { MCPTest::Events->open($t, $listen) };

        push @s, $s if $s;
        Time::HiRes::sleep(0.005);
    }
}

is(scalar(grep { ($_->next // {})->{method} =~ /acknowledged$/ } @s),
   scalar @s, scalar(@s) . ' streams during three reloads');
is_deeply(reloads(\@s), { result => scalar @s }, 'each stream has a result');


# and none was forgotten: the new workers know of these only

@s = streams(20);
is_heard('all have heard', @s);
is_deeply(reloads(\@s), { result => 20 }, 'and nothing else');

my ($calls, $again, $slowest, @failures) = $load->stop;

is_deeply(\@failures, [], "$calls calls");
cmp_ok($calls, '>', 200, 'many');
cmp_ok($slowest, '<', MCPTest::patience() / 4, "the slowest took $slowest s");
diag("$calls calls, $again of them again, the slowest $slowest s");

finish();
