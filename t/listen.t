#!/usr/bin/perl

# subscriptions/listen: a stream that tells what has changed, whichever worker
# was told so, and nothing that was not asked for.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Tools;
use Time::HiRes ();

my $workers = $ENV{TEST_WORKERS} || 1;

my $t = MCPTest->new(
    modules  => [change_tools()],
    cert     => 1,
    main     => 'thread_pool pool threads=2;',
    http     => 'log_format mcp \'$status $mcp_method "$mcp_error"\';',
    location => <<'EOC',
    mcp;
    mcp_tools change;
    mcp_thread_pool pool;
    mcp_stream_heartbeat 0;
    access_log %%DIR%%/access.log mcp;

    mcp_prompt p {
        description "p";
        message user "p";
    }
EOC
    server   => <<'EOC',
    listen 127.0.0.1:%%PORT_1%% http2;
    listen 127.0.0.1:%%PORT_2%% sndbuf=32k;
    listen 127.0.0.1:%%PORT_3%% ssl;
    ssl_certificate     %%DIR%%/cert.pem;
    ssl_certificate_key %%DIR%%/key.pem;

    location = /beat {
        mcp;
        mcp_tools change;
        mcp_stream_heartbeat 100ms;
    }

    location = /bare {
        mcp;
    }

    location = /queue {
        mcp;
        mcp_tools change;
        mcp_stream_heartbeat 50ms;
        client_max_body_size 4m;
    }

    location = /post {
        mcp;
        mcp_tools change;
        post_action /post_action;
    }

    location = /post_action {
        internal;
        access_log %%DIR%%/post.log;
        return 200;
    }
EOC
)->start;

my $prefix = 'io.modelcontextprotocol/';
my ($r, $s, @s);


sub bytes {
    my ($filter, %o) = @_;

    return $t->request_bytes('subscriptions/listen',
                             { notifications => $filter }, %o);
}


# a stream and what was granted

sub listen_to {
    my ($filter, %o) = @_;

    my $s = MCPTest::Events->open($t, bytes($filter, %o));
    my $ack = $s->next;

    is($s->header('Content-Type'), 'text/event-stream', 'a stream');
    is($ack->{method}, 'notifications/subscriptions/acknowledged', 'ack first');
    is_deeply($ack->{params}{_meta}, { "${prefix}subscriptionId" => 1 },
              'its id') if !exists $o{id};

    return ($s, $ack->{params}{notifications});
}


sub change {
    my ($arguments, %o) = @_;

    my $r = $t->call('change', $arguments, %o);

    ok_result($r, 'said so');
    return $r->text;
}


sub is_changed {
    my ($s, $list, $name) = @_;

    is_deeply($s->next, {
        jsonrpc => '2.0', method => "notifications/$list/list_changed",
        params => { _meta => { "${prefix}subscriptionId" => 1 } },
    }, $name);
    return;
}


sub is_updated {
    my ($s, $uri, $name) = @_;

    is_deeply($s->next, {
        jsonrpc => '2.0', method => 'notifications/resources/updated',
        params => { _meta => { "${prefix}subscriptionId" => 1 },
                    uri => $uri },
    }, $name);
    return;
}


# what is granted

($s, $r) = listen_to({});
is_deeply($r, {}, 'nothing is nothing');
$s->cancel;

my %all = (toolsListChanged => true, promptsListChanged => true,
           resourcesListChanged => true);

($s, $r) = listen_to({ %all, future => [1],
                       resourceSubscriptions => ['change:/a', 'x:y',
                                                 'change:/a'] });
is_deeply($r, { %all, resourceSubscriptions => ['change:/a'] },
          'all that is there, each once');
$s->cancel;

($s, $r) = listen_to({ %all, resourceSubscriptions => ['change:/a'] },
                     uri => '/bare');
is_deeply($r, { toolsListChanged => true }, 'what is not there is left out');
$s->cancel;


# who hears what

my %filter = (
    tools     => { toolsListChanged => true, promptsListChanged => false },
    prompts   => { promptsListChanged => true },
    resources => { resourcesListChanged => true },
    uris      => { resourceSubscriptions => ['change:/a', 'change:/b'] },
    nothing   => {},
);
my %stream = map { $_ => (listen_to($filter{$_}))[0] } sort keys %filter;

change({ lists => 1 });
change({ lists => 6 });
change({ uri => 'change:/b' });
change({ uri => 'change:/c' });
change({ uri => 'change:/a' });

# and the last thing everybody hears of, so that nothing else is behind

is_changed($stream{tools}, 'tools', 'tools');
is_changed($stream{prompts}, 'prompts', 'prompts');
is_changed($stream{resources}, 'resources', 'resources');
is_updated($stream{uris}, 'change:/b', 'a resource');
is_updated($stream{uris}, 'change:/a', 'another, and none between');

ok_result($t->call('change_blocking', { lists => 7, uri => 'change:/a' }),
          'in a thread');
is_changed($stream{tools}, 'tools', 'tools: nothing else');
is_changed($stream{prompts}, 'prompts', 'prompts: nothing else');
is_changed($stream{resources}, 'resources', 'resources: nothing else');
is_updated($stream{uris}, 'change:/a', 'the resource: nothing else');

$_->cancel for values %stream;


# the id, byte for byte

for my $id ('12345678901234567890', '-1', '0', '"\u0041\/\"\u00e4"', '""',
            '1732165200000')
{
    ($s) = listen_to({ toolsListChanged => true }, id => raw($id));
    change({ lists => 1 });
    $s->next;

    my @ids = $s->raw =~ /"${prefix}subscriptionId":(.*?)\}/g;

    is_deeply(\@ids, [$id, $id], "the id $id");
    $s->cancel;
}


# every worker's listeners hear what any worker says, and soon

my (%worker, @late);

@s = map { (listen_to({ toolsListChanged => true }))[0] } 1 .. 4 * $workers;

for (1 .. 200) {
    my $c = $t->connect;
    my $start = Time::HiRes::time();

    $c->send($t->request_bytes('tools/call',
        { name => 'change', arguments => { lists => 1 } }));
    $worker{ $c->response->text } = 1;

    for my $s (@s) {
        $s->next;
        push @late, Time::HiRes::time() - $start
            if Time::HiRes::time() - $start > 0.1 * (MCPTest::sanitize() ? 10 : 1);
    }

    last if keys %worker == $workers && $_ >= 5;
}

is(scalar keys %worker, $workers, 'all workers have said something');
is_deeply(\@late, [], 'all streams have heard it within 100 ms');
$_->cancel for @s;


# what is wrong

ok_error($t->rpc('subscriptions/listen', {}), 200, -32602, 'no filter');
ok_error($t->rpc('subscriptions/listen',
                 { notifications => { toolsListChanged => 1 } }),
         200, -32602, 'a list that is a number');
ok_error($t->rpc('subscriptions/listen', { notifications => {
                 resourceSubscriptions => [map { "change:/$_" } 0 .. 1024] } }),
         200, -32602, 'too many URIs');
ok_error($t->rpc('subscriptions/listen', { notifications => {} },
                 headers => { Accept => 'application/json' }),
         406, -32600, 'a client that takes no events');
like($t->rpc('subscriptions/listen', { notifications => {} },
             headers => { Accept => 'application/json' })
       ->json->{error}{message}, qr{text/event-stream}, 'is told so');
ok_error($t->legacy('subscriptions/listen', { notifications => {} }),
         200, -32601, 'a legacy client');

($s) = listen_to({ toolsListChanged => true }, headers => { Accept => undef });
change({ lists => 1 });
is_changed($s, 'tools', 'a client that does not say what it takes');
$s->cancel;


# comments while it is quiet

($s) = listen_to({ toolsListChanged => true }, uri => '/beat');
ok($s->comment, 'a comment');
ok($s->comment, 'and another');
change({ lists => 1 });
is_changed($s, 'tools', 'and events');
ok($s->comment, 'and again a comment');
$s->cancel;


# a reader that does not read: one of a kind waits for it

{
    my @uris = map { "change:/$_" } 0 .. 1023;
    my $c = $t->connect($t->port(2));

    $c->send(bytes({ toolsListChanged => true,
                     resourceSubscriptions => \@uris }, uri => '/queue'));

    my $s = MCPTest::Events->on($c);
    is(scalar @{ $s->next->{params}{notifications}{resourceSubscriptions} },
       1024, 'as many URIs as may be');

    for (1 .. 20) {
        change({ lists => 7, uris => 1024 });
    }

    # all that has been said has been heard when a fresh stream has heard more

    my ($fresh) = listen_to({ promptsListChanged => true });
    change({ lists => 2, uri => 'change:/last' });
    is_changed($fresh, 'prompts', 'a stream that reads');
    $fresh->cancel;

    # it comes in whole events, in the end nothing is left of them

    my %count;

    while (my $message = $s->next) {
        $count{ $message->{params}{uri} // 'list' }++;
        last if $count{list} && $count{'change:/1023'}
                && $s->{in} eq '' && keys %count == 1025;
    }

    my $most = (sort { $b <=> $a } values %count)[0];

    is(scalar keys %count, 1025, 'nothing is lost');
    cmp_ok($most, '<', 10, 'much is told once');
    $s->cancel;
}


# the client goes away

my $gone = sub { return scalar(() = $t->slurp('access.log')
                                     =~ m{^200 subscriptions/listen ""$}mg) };

($s) = listen_to({ toolsListChanged => true });
my $before = $gone->();
$s->cancel;
ok(wait_until(sub { $gone->() > $before }), 'a client that is gone');

($s) = listen_to({ toolsListChanged => true }, uri => '/post');
$s->cancel;
ok(wait_until(sub { $t->slurp('post.log') ne '' }), 'and post_action');
change({ lists => 1 });


# HTTP/2

my ($body, $headers) = MCPTest::Message::message('modern',
    'subscriptions/listen', { notifications => { promptsListChanged => true } });

$s = MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1));
is($s->next->{method}, 'notifications/subscriptions/acknowledged',
   'HTTP/2: ack');
change({ lists => 3 });
is_changed($s, 'prompts', 'HTTP/2: a list');
$s->cancel;
change({ lists => 2 });
ok_result($t->rpc('server/discover'), 'and goes on');


# a shutdown: the result, then the end

($s) = listen_to({ toolsListChanged => true });
@s = $s;
push @s, (listen_to({}))[0];
push @s, (listen_to({ resourceSubscriptions => ['change:/a'] },
                    uri => '/beat'))[0];

my $h2 = MCPTest::Events->open_h2($t, $body, $headers, port => $t->port(1));
$h2->next;

# and over TLS

open my $curl, '-|', 'curl', '-skN', '-d', $body, map({ ('-H', $_) }
    map { "$headers->[2 * $_]: $headers->[2 * $_ + 1]" } 0 .. $#$headers / 2),
    'https://127.0.0.1:' . $t->port(3) . '/mcp' or die $!;

like(scalar <$curl>, qr/acknowledged/, 'TLS: ack');

my @old = $t->worker_pids;
my $start = Time::HiRes::time();

$t->signal('QUIT');

for my $s (@s, $h2) {
    my @rest = $s->rest;

    is_deeply(\@rest, [{ jsonrpc => '2.0', id => 1, result => {
        resultType => 'complete',
        _meta => { "${prefix}subscriptionId" => 1,
                   "${prefix}serverInfo" => { name => 'nginx',
                                              version => '0.1.0' } },
    } }], 'the result');
    ok($s->ended, 'and the end');
}

like(join('', <$curl>), qr/^data: .*"resultType":"complete"/m,
     'TLS: the result');
close $curl;

# HTTP/2 is told to go away, and does; the others stay as they are

$h2->connection->{c}->close;

ok(wait_until(sub { !grep { kill 0, $_ } @old }), 'the workers are gone');
cmp_ok(Time::HiRes::time() - $start, '<', MCPTest::sanitize() ? 10 : 2,
       'at once');

finish();
