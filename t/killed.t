#!/usr/bin/perl

# A worker that is killed with SIGKILL: its streams and calls are cut, nothing
# else is; the zone, sessions and the bus serve on.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Load;
use MCPTest::Tools;

use constant { STREAMS => 40, CALLS => 24, WORKERS => 4 };

my $t = MCPTest->new(
    workers  => WORKERS,
    listen   => 'reuseport',
    modules  => [slow_tools(), asking_tools()],
    location => 'mcp; mcp_tools demo slow;',
    http     => 'mcp_zone zone=small:256k;',
    server   => <<'EOC',
    location = /ask {
        mcp;
        mcp_tools asking;
    }

    location = /slow {
        mcp;
        mcp_tools slow;
        mcp_stream_heartbeat 200ms;
    }

    location = /publish {
        mcp_publish;
    }
EOC
)->start;

my $listen = $t->request_bytes('subscriptions/listen',
    { notifications => { toolsListChanged => true } });
my $change = '{"method":"notifications/tools/list_changed"}';
my $back;


sub begin {
    my $r = $t->legacy('initialize', {
        protocolVersion => '2025-11-25',
        capabilities    => { elicitation => {} },
        clientInfo      => { name => 'test', version => '1' },
    }, version => undef);

    return $r->header('Mcp-Session-Id');
}


sub in { return (headers => { 'Mcp-Session-Id' => $_[0] }) }


sub end {
    my ($id) = @_;

    return $t->exchange($t->http_bytes(
        method => 'DELETE', headers => ['Mcp-Session-Id' => $id]));
}


# a call of a session that becomes a stream

sub call {
    my ($id, $tool, $arguments, %o) = @_;

    return MCPTest::Events->open($t, $t->legacy_bytes('tools/call', {
        name => $tool, arguments => $arguments,
        _meta => { progressToken => 1 },
    }, id => 9, in($id), %o));
}


sub answer {
    my ($id, $question) = @_;

    return $t->legacy('', undef, in($id), uri => '/ask',
        body => encode_json_text({ jsonrpc => '2.0', id => $question->{id},
            result => { action => 'accept', content => { name => 'Ann' } } }));
}


sub come_back {
    my ($place) = @_;

    return MCPTest::Events->open($t, $t->http_bytes(
        method => 'GET', uri => '/slow', headers => [
            'Mcp-Session-Id' => $back, Accept => 'text/event-stream',
            'MCP-Protocol-Version' => '2025-11-25',
            'Last-Event-ID' => $place ]));
}


# what connections to all workers say

sub statuses {
    my ($id) = @_;

    my %seen = map { $t->legacy('tools/list', undef, in($id))->status => 1 }
               1 .. 8 * WORKERS;
    return join ' ', sort keys %seen;
}


sub streams {
    my ($n) = @_;

    my @s = map { MCPTest::Events->open($t, $listen) } 1 .. $n;
    my @ack = grep { ($_->next // {})->{method} =~ /acknowledged$/ } @s;

    is(scalar @ack, $n, "$n streams");
    return @s;
}


sub is_heard {
    my ($name, @s) = @_;

    ok_accepted($t->post($change, uri => '/publish'), 'published');

    my @methods = map { ($_->next // {})->{method} // 'none' } @s;

    is(scalar(grep { $_ eq 'notifications/tools/list_changed' } @methods),
       scalar @s, scalar(@s) . " streams: $name");
    return;
}


# who has which connection: the worker's side of it is in /proc

sub workers_of {
    my (@c) = @_;

    my $mine = sprintf '0100007F:%04X', $t->port;
    my (%inode, %pid);

    open my $fh, '<', '/proc/net/tcp' or die $!;

    while (<$fh>) {
        my @field = split;
        $inode{$field[2]} = $field[9] if $field[1] eq $mine;
    }

    for my $pid (workers()) {
        for (map { readlink // () } glob "/proc/$pid/fd/*") {
            $pid{$1} = $pid if /^socket:\[(\d+)\]/;
        }
    }

    return map {
        $pid{ $inode{ sprintf '0100007F:%04X', $_->{socket}->sockport } } // 0
    } @c;
}


# those that are there now

sub workers {
    my $log = $t->error_log;
    my %dead = map { $_ => 1 } $log =~ /worker process (\d+) exited/g;

    return grep { !$dead{$_} } $log =~ /start worker process (\d+)/g;
}


sub killed {
    my ($pid) = @_;

    kill 'KILL', $pid;
    $t->expect(qr/worker process $pid exited on signal 9/);

    return wait_until(sub {
        my ($after) = $t->error_log
            =~ /worker process $pid exited on signal 9(.*)/s;
        ($after // '') =~ /start worker process \d/ && workers() == WORKERS;
    });
}


# sessions: one that has ended, one with a log level, one that waits for an
# answer of its client

my ($ended, $quiet, $asking) = map { begin() } 1 .. 3;

is(end($ended)->status, 204, 'a session has ended');
ok_result($t->legacy('logging/setLevel', { level => 'error' }, in($quiet)),
          'another has a log level');

my @asking = map { call($asking, 'ask', { what => 'form' },
                       uri => '/ask') } 1 .. 16;
my %question = map { $_ => $_->next } @asking;

is(scalar(grep { $_->{method} eq 'elicitation/create' } values %question), 16,
   'and one asks its client');


# calls of another session, each followed by a client that has come back, by
# way of any worker

$back = begin();
my (@resumable, @follower);

for (1 .. 16) {
    my $s = call($back, 'wait', { ms => 60_000, every => 1, report => 1 },
                 uri => '/slow');

    $s->next;
    my ($place) = $s->raw =~ /^id: (.*)$/m;

    push @resumable, $s;
    push @follower, come_back($place);
}

is(join(' ', map { $_->next->{params}{progress} } @follower),
   join(' ', (1) x 16), 'calls are followed');


# streams, calls that take a while, calls that are made all the time

my @s = streams(STREAMS);
my @c = map { $t->connect } 1 .. CALLS;

$_->send($t->request_bytes('tools/call', { name => 'wait',
         arguments => { ms => 3000, text => 'done' } })) for @c;

my %worker_of;
my @events = (@s, @asking, @resumable, @follower);

@worker_of{@c, @events} = workers_of(@c, map { $_->connection } @events);

my $victim = $worker_of{ $asking[0] };

ok($victim, 'a worker is chosen');


my $load = MCPTest::Load->start(
    $t, $t->request_bytes('tools/call',
        { name => 'add', arguments => { a => 1, b => 2 } },
        headers => { Connection => undef }), qr/"sum":3/, new => 2);

$load->wait(10);
ok(killed($victim), 'killed, and another one is started');

my @cut = grep { $worker_of{$_} == $victim } @s;
@s = grep { $worker_of{$_} != $victim } @s;

is(scalar(grep { $_->closed } @cut), scalar @cut,
   scalar(@cut) . ' streams are cut');
cmp_ok(scalar @s, '>=', STREAMS / WORKERS, 'others are there');
is_heard('all of them hear', @s);

my (@answered, @lost);

push @{ $worker_of{$_} == $victim ? \@lost : \@answered }, $_->response for @c;

is(scalar(grep { $_->status && $_->text eq 'done' } @answered),
   scalar @answered, scalar(@answered) . ' calls of other workers go on');
is(scalar(grep { !$_->status } @lost), scalar @lost,
   scalar(@lost) . ' are cut');

push @s, streams(STREAMS);
is_heard('new ones too', @s);

my %now = map { $_ => 1 } workers_of(map { $_->connection } @s);
is(scalar keys %now, WORKERS, 'in all workers');


# questions: those of others are answered through any worker, those of the dead
# one are accepted and dropped

my ($dead, $said) = (0, 0);

for my $s (@asking) {
    $dead++ if $worker_of{$s} == $victim;
    is(answer($asking, $question{$s})->status, 202, 'an answer');
    my $last = $s->next;
    $said++ if $last && $last->{result}{content}[0]{text} =~ /Ann/;
}

is($said, 16 - $dead, "$said questions are answered, $dead cannot be");


# who follows a dead call does not wait for ever

my @left = grep { $worker_of{ $follower[$_] } != $victim } 0 .. $#follower;
my @orphan = grep { $worker_of{ $resumable[$_] } == $victim } @left;

for my $i (@orphan) {
    is(join(' ', map { 'message' } $follower[$i]->rest), '',
       'a follower of a dead call');
    ok($follower[$i]->ended, 'is told that nothing comes');

    my ($place) = $resumable[$i]->raw =~ /^id: (.*)$/m;
    is(come_back($place)->status, 400, 'and that there is no such call');
}

for my $i (grep { $worker_of{ $resumable[$_] } != $victim } @left) {
    ok($follower[$i]->comment, 'another one waits');
}

# calls go on without their clients, but not without their session

is(end($back)->status, 204, 'the session is ended, and its calls');
$_->cancel for @resumable, @follower;


# the zone

is(statuses($ended), '404', 'an ended session is ended everywhere');
is(statuses($quiet), '200', 'another one goes on');
is(end($quiet)->status, 204, 'a session can be ended');
is(statuses($quiet), '404', 'and is, everywhere');
my $id = begin();
is(statuses($id), '200', 'a session can be begun');


# a call that was cut was with the worker that was killed

my ($calls, $again, $slowest, @failures) = $load->stop;

cmp_ok($calls, '>', 50, 'calls go on');
is(scalar(grep { !/^failed nothing (?!timed)/ } @failures), 0, 'without an error');
cmp_ok(scalar @failures, '<=', 2, scalar(@failures) . ' of them are cut');


# workers die one after the other while all of them write to the zone

sub log_level {
    my ($id) = @_;

    return $t->legacy_bytes('logging/setLevel', { level => 'info' }, in($id));
}


@s = streams(STREAMS);

my @load = (
    MCPTest::Load->start($t, log_level($id), qr/"result"/, new => 2),
    MCPTest::Load->start($t, $t->http_bytes(method => 'POST', body => $change,
        uri => '/publish', headers => ['Content-Type' => 'application/json']),
        qr/^$/, new => 1),
    MCPTest::Load->start($t, $t->legacy_bytes('tools/call', {
        name => 'wait', arguments => { every => 1, steps => 4, report => 4,
                                       text => 'done' },
        _meta => { progressToken => 1 } }, in($id)), qr/done/, new => 2),
);

for (1 .. 8) {
    $_->wait(3) for @load;

    my @pids = workers();
    killed($pids[rand @pids]) or fail('another one is started');
}

for my $load (@load) {
    ok($load->wait(20), 'go on');

    my ($calls, undef, $slowest, @failures) = $load->stop;

    is(join("\n", grep { !/^failed (?:nothing|\d+) (?!timed)/ } @failures), '',
       "$calls calls");
    cmp_ok(scalar @failures, '<=', 16, scalar(@failures) . ' are cut');
}

$t->expect(qr/shared memory zone "small" was locked by/)
    if $t->error_log =~ /was locked by/;

$_->cancel for @s;
@s = streams(STREAMS);
is_heard('all of them hear', @s);

my $new = begin();
is(statuses($new), '200', 'a new session');
is(end($new)->status, 204, 'has ended');
is(statuses($new), '404', 'everywhere');


finish();
