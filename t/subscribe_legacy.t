#!/usr/bin/perl

# The GET stream of a session: it tells which lists have changed and of the
# resources the session has subscribed to, on any worker, and where a client
# that was cut off has to go on.
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
    modules  => [change_tools()],
    http     => 'keepalive_requests 2000;',
    location => 'mcp; mcp_tools change; mcp_stream_heartbeat 0;',
    server   => <<'EOC',
    location = /off {
        mcp;
        mcp_tools change;
        mcp_sessions off;
    }

    location = /short {
        mcp;
        mcp_tools change;
        mcp_sessions on timeout=2s;
    }

    location = /beat {
        mcp;
        mcp_tools change;
        mcp_stream_heartbeat 50ms;
    }
EOC
)->start;

my ($r, $s, $again, $id, $place, @lists);


sub session {
    my ($version, %o) = @_;

    $version //= '2025-11-25';

    my $r = $t->legacy('initialize', {
        protocolVersion => $version, capabilities => {},
        clientInfo      => { name => 'test', version => '1' },
    }, version => undef, %o);

    ok_result($r, "$version: initialize");
    return $r->header('Mcp-Session-Id');
}


sub in { return (headers => { 'Mcp-Session-Id' => shift }, @_) }


sub get_bytes {
    my ($id, %o) = @_;

    my %headers = (Accept => 'text/event-stream', 'Mcp-Session-Id' => $id,
                   %{ delete $o{headers} || {} });

    return MCPTest::HTTP::request_bytes(method => 'GET', uri => '/mcp',
                                        headers => [%headers], %o);
}


# a stream, and its first event or comment

sub stream {
    my ($id, %o) = @_;

    my $s = MCPTest::Events->open($t, get_bytes($id, %o));

    is($s->status, 200, 'a stream');
    is($s->header('Content-Type'), 'text/event-stream', 'of events');

    return wantarray ? ($s, $s->block) : do { $s->block; $s };
}


sub subscribe {
    my ($id, $uri, %o) = @_;

    my $r = $t->legacy('resources/subscribe', { uri => $uri }, in($id, %o));

    ok_result($r, "subscribed to $uri");
    return;
}


sub change {
    ok_result($t->call('change', shift), 'said so');
    return;
}


sub is_told {
    my ($s, $expected, $name) = @_;

    my $event = $s->event;
    my $got = JSON::PP->new->utf8->decode($event->{data});

    is($got->{jsonrpc}, '2.0', "$name: JSON-RPC");
    is(join(' ', map { $_ // '' } $got->{method} =~ m{^notifications/(.*)},
            $got->{params}{uri}), $expected, $name);
    ok(!exists $got->{params}{_meta}, "$name: no id of a request");

    return $event->{id};
}


sub told { is_told($_[0], "$_[1]/list_changed ", $_[2]) }
sub updated { is_told($_[0], "resources/updated $_[1]", $_[2] // $_[1]) }


# what is said of it

$r = $t->legacy('initialize', { protocolVersion => '2025-06-18',
    capabilities => {}, clientInfo => { name => 'a', version => '1' } });
is_deeply($r->result->{capabilities}, {
    logging => {}, tools => { listChanged => true },
    resources => { listChanged => true, subscribe => true } }, 'capabilities');
is_deeply($t->legacy('initialize', { protocolVersion => '2025-06-18',
    capabilities => {}, clientInfo => { name => 'a', version => '1' } },
    uri => '/off')->result->{capabilities}, {
    logging => {}, tools => {}, resources => {} }, 'without sessions');


# lists

$id = session();
($s, $place) = stream($id);
like($place, qr/\Aid: [0-9a-f]{32}-\d+\ndata: \n\n\z/, 'where it is');
change({ lists => 1 });
like(told($s, 'tools', 'tools'), qr/\A[0-9a-f]{32}-\d+\z/, 'an id');
change({ lists => 4 });
told($s, 'resources', 'resources');
$s->cancel;

($s, $place) = stream(session('2025-06-18'));
is($place, ":\n\n", '2025-06-18 has no event without data');
change({ lists => 2 });
told($s, 'prompts', 'prompts, even if there are none now');
$s->cancel;


# resources

$id = session();
subscribe($id, 'change:/before');
$s = stream($id);
subscribe($id, 'change:/a');
change({ uri => 'change:/b' });
change({ uri => 'change:/a' });
updated($s, 'change:/a', 'subscribed to while it is open');
change({ uri => 'change:/before' });
updated($s, 'change:/before', 'and before');

subscribe($id, 'change:/a');
change({ uri => 'change:/a' });
updated($s, 'change:/a', 'subscribed to twice');
ok_result($t->legacy('resources/unsubscribe', { uri => 'change:/a' }, in($id)),
          'unsubscribed');
ok_result($t->legacy('resources/unsubscribe', { uri => 'x:y' }, in($id)),
          'from what was never subscribed to');

# the stream hears of that in its own time

subscribe($id, 'change:/mark');
change({ uri => 'change:/mark' });
updated($s, 'change:/mark', 'a mark');
change({ uri => 'change:/a' });
change({ uri => 'change:/before' });
updated($s, 'change:/before', 'what was unsubscribed is not told');

my $other = stream(session());
change({ uri => 'change:/before' });
change({ lists => 1 });
told($other, 'tools', 'another session has its own');
$other->cancel;

updated($s, 'change:/before');
told($s, 'tools', 'and all hear of lists');


# what is published as soon as it is subscribed to is heard, maybe twice: it may
# have been published before the worker of the stream began to wait, or after

for my $i (1 .. 30) {
    my $uri = "change:/soon/$i";

    subscribe($id, $uri);
    change({ uri => $uri });

    my $told = qr{"\Qchange:/soon/\E(\d+)"};
    my ($n) = $s->event->{data} =~ $told;

    ($n) = $s->event->{data} =~ $told if $n == $i - 1;
    is($n, $i, $uri);
}

change({ lists => 1 });

for (1 .. 2) {
    my $data = $s->event->{data};

    next if $data =~ m{/soon/30};
    like($data, qr/tools/, 'and what comes next');
    last;
}

$s->cancel;


# many at once, on all workers

{
    my $id = session();
    my $s = stream($id);
    my @c = map { $t->connect } 1 .. 24;

    for my $i (0 .. 23) {
        $c[$i]->send($t->legacy_bytes('resources/subscribe',
            { uri => "change:/$i" }, in($id)));
    }

    is(scalar(grep { $_->response->result } @c), 24, 'subscribed at once');

    change({ uris => 24 });

    my %uri = map { $_->{params}{uri} => 1 } map { $s->next } 0 .. 23;

    is(scalar keys %uri, 24, 'none is lost');
    $s->cancel;
}


# limits

{
    my $id = session();
    my $c = $t->connect;
    my $ok = 0;

    for my $i (0 .. 1024) {
        $c->send($t->legacy_bytes('resources/subscribe',
            { uri => "change:/$i" },
            headers => { 'Mcp-Session-Id' => $id,
                         Connection => 'keep-alive' }));
        $r = $c->response;
        $ok++ if $r->result;
    }

    is($ok, 1024, 'as many as may be');
    ok_error($r, 200, -32602, 'and one more');

    my $s = stream($id);
    change({ uri => 'change:/1024' });
    change({ uri => 'change:/1023' });
    updated($s, 'change:/1023', 'the last');
    $s->cancel;
}


# what is wrong

ok_error($t->legacy('resources/subscribe', { uri => 'change:/a' }), 200,
         -32602, 'no session');
like($t->legacy('resources/subscribe', { uri => 'change:/a' })->error
       ->{message}, qr/session/, 'and why');
ok_error($t->legacy('resources/subscribe', { uri => 'x:y' }, in($id)), 200,
         -32002, 'no such resource');
ok_error($t->legacy('resources/subscribe', {}, in($id)), 200, -32602,
         'no URI');
ok_error($t->legacy('resources/subscribe', { uri => 'change:/a' },
                    uri => '/off'), 200, -32601, 'without sessions');
is($t->exchange(get_bytes($id, uri => '/off'))->status, 405,
   'nor a stream');
is($t->exchange(get_bytes('x' . $id))->status, 404, 'a forged id');
is($t->exchange(get_bytes($id, headers => { Accept => 'application/json' }))
     ->status, 406, 'no events');


# one stream of a session

$id = session();
$s = stream($id);
$again = stream($id);
is_deeply([$s->rest], [], 'a newer stream ends the one before');
ok($s->ended, 'in good order');
change({ lists => 1 });
told($again, 'tools', 'and is the one that hears');

my $third = stream($id);
ok(!$again->next && $again->ended, 'and so on');
$third->cancel;


# with the session it ends

$s = stream($id);
is($t->exchange(MCPTest::HTTP::request_bytes(method => 'DELETE',
     headers => ['Mcp-Session-Id' => $id]))->status, 204, 'DELETE');
ok(!$s->next && $s->ended, 'the stream ends');
is($t->exchange(get_bytes($id))->status, 404, 'and is not there any more');

$s = stream(session(undef, uri => '/short'), uri => '/short');
ok(!$s->next && $s->ended, 'a session that is too old');


# comments

$s = stream(session(), uri => '/beat');
ok($s->comment, 'a comment');
change({ lists => 1 });
told($s, 'tools', 'and events');
$s->cancel;


# cut off: what was missed is told, and nothing else

sub back { return (headers => { 'Last-Event-ID' => $_[0] }) }

$id = session();
subscribe($id, "change:/$_") for qw(a b c);
$s = stream($id);
change({ lists => 1 });
$place = told($s, 'tools', 'heard');
$s->cancel;

change({ lists => 4, uri => 'change:/b' });
change({ uri => 'change:/none' });

$s = stream($id, back($place));
is(join(' ', sort map { ($_->{params}{uri} // '') . $_->{method} }
             map { $s->next } 1 .. 2),
   'change:/bnotifications/resources/updated '
   . 'notifications/resources/list_changed', 'missed');
change({ lists => 2 });
$place = told($s, 'prompts', 'and goes on, nothing twice');
$s->cancel;

$s = stream($id, back($place));
change({ uri => 'change:/c' });
updated($s, 'change:/c', 'nothing was missed');
$s->cancel;

# more than the bus knows

change({ uri => 'change:/none', times => 5000 });
$s = stream($id, back($place));
is(join(' ', sort map { $_->{params}{uri} // $_->{method} =~ m{/(.*)/} }
             map { $s->next } 1 .. 6),
   'change:/a change:/b change:/c prompts resources tools',
   'all that may have changed');
$s->cancel;

# more than was published, of a zone that is no more

$s = stream($id, back($place =~ s/-.*/-18446744073709551615/r));
$s->next for 1 .. 6;
change({ lists => 2 });
ok(told($s, 'prompts', 'a place that is to come'), 'is forgotten');
$s->cancel;

is($t->exchange(get_bytes($id, back('f' x 32 . '-1')))->status, 400,
   'a place that is none');
is($t->exchange(get_bytes(session(), back($place)))->status, 400,
   'a place of another session');


# a reload

$s = stream($id);
change({ lists => 1 });
$place = told($s, 'tools', 'before');
ok($t->reload(location => 'mcp; mcp_tools change demo;'), 'reload');
told($s, 'tools', 'the list is another one');
ok(!$s->next && $s->ended, 'and the stream ends');

$s = stream($id, back($place));
change({ uri => 'change:/a' });
updated($s, 'change:/a', 'what it has subscribed to is still known');
$s->cancel;

finish();
