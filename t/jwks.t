#!/usr/bin/perl

# Keys of tokens that a location answers with: asked for once for all workers,
# renewed, rotated, down, slow and poisoned.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Token;

my @keys = map { MCPTest::Token->new('ES256', kid => "k$_") } 0 .. 3;

my $b = MCPTest::Backend->start('/keys' => { body =>
                                             MCPTest::Token::set($keys[0]) });
my $port = $b->port;


sub endpoint {
    my ($name, $more) = @_;

    return <<"EOC";
    location = /$name {
        mcp;
        mcp_jwt_keys uri=/_$name $more;
        mcp_jwt_audience me;
    }

    location = /_$name {
        internal;
        proxy_pass http://127.0.0.1:$port/$name;
        proxy_read_timeout 60s;
    }

EOC
}


my $t = MCPTest->new(
    workers => 4,
    server => join('', map { endpoint(@$_) } ['keys', 'interval=1s'],
                   ['old', 'refresh=1s interval=1s'], ['down', 'interval=1h'],
                   ['slow', ''], ['bad', 'interval=1s'], ['many', ''],
                   ['left', ''], ['storm', 'interval=1h'])
              . "location = /nowhere { mcp; mcp_jwt_keys uri=/none;\n"
              . "mcp_jwt_audience me; }\n"
              . "location = /none { internal; return 404; }\n",
    expect => [ qr/mcp keys of "\/_down": HTTP 503, expected a set of keys/,
                qr/mcp keys of "\/_slow": no answer in time/,
                qr/mcp keys of "\/_bad": HTTP 200, /,
                qr/mcp keys of "\/none": HTTP 404/ ])->start;


sub headers {
    my ($key, %o) = @_;
    return { Authorization => 'Bearer ' . $key->token({ sub => 'bob',
             aud => 'me', exp => time + 600, jti => rand }, %o) };
}


sub status {
    my ($uri, $key, %o) = @_;
    return $t->rpc('tools/list', {}, uri => $uri, headers => headers($key, %o))
        ->status;
}


sub asked { return scalar grep { $_->target eq $_[0] } $b->requests }


# --- once for all

is(status('/keys', $keys[0]), 200, 'the first token waits for the keys');
is(status('/keys', $keys[0]), 200, 'the next one does not') for 1 .. 20;
is(status('/keys', $keys[1]), 401, 'a key that is not there');

is(status('/keys', $keys[0], header => { alg => 'none' }), 401,
   'and what is none');


# --- rotation: a new key is there at its first token, an old one is gone

$b->requests;
$b->answer('/keys' => { body => MCPTest::Token::set(@keys[1, 2]) });

ok(wait_until(sub { status('/keys', $keys[1]) == 200 }), 'a new key');
ok(wait_until(sub { status('/keys', $keys[0]) == 401 }), 'an old one');
cmp_ok(asked('/keys'), '<=', 2, 'asked for no oftener than it took');


# --- renewed without anybody waiting

$b->answer('/old' => { body => MCPTest::Token::set($keys[0]) });
is(status('/old', $keys[0]), 200, 'before it is old');
$b->answer('/old' => { body => MCPTest::Token::set(@keys[0, 3]) });

ok(wait_until(sub { is(status('/old', $keys[0]), 200, 'meanwhile');
                    $b->requests >= 1 }), 'is asked for again');
ok(wait_until(sub { status('/old', $keys[3]) == 200 }), 'has the new one');


# --- garbage leaves what there was

$b->answer('/bad' => { body => MCPTest::Token::set($keys[0]) });
is(status('/bad', $keys[0]), 200, 'keys');

for my $garbage ('', '<html>', '{"keys":[]}', '{"keys":1}', '[' x 1000,
                 '{"keys":[' . '{},' x 100 . '{}]}', 'x' x 300_000)
{
    $b->requests;
    $b->answer('/bad' => { body => $garbage });

    ok(wait_until(sub { is(status('/bad', $keys[1]), 401, 'unknown');
                        $b->requests > 0 }), 'garbage is asked for');
    is(status('/bad', $keys[0]), 200, 'and changes nothing');
}


# --- down, slow, not there

$b->answer('/down' => { status => 503, body => 'no' });

for (1 .. 5) {
    my $r = $t->rpc('tools/list', {}, uri => '/down', headers => headers($keys[0]));
    ok_error($r, 503, -32603, 'without keys nobody is judged');
}

is(asked('/down'), 1, 'and they are not asked for each time');

$b->answer('/slow' => { wait => 1, body => '' });
is(status('/slow', $keys[0]), 503, 'no answer in time');

is(status('/nowhere', $keys[0]), 503, 'no such location');


# --- many at once, in four workers: one request

$b->answer('/many' => { wait => 1, body => MCPTest::Token::set($keys[0]) });

my @waiting = map { $t->connect } 1 .. 40;
$_->send($t->request_bytes('tools/list', {}, uri => '/many',
                           headers => headers($keys[0]))) for @waiting;

is($b->request(qr{^/many})->target, '/many', 'they are asked for');
$b->go('/many', 1);

my %all;
$all{ $_->response->status }++ for @waiting;

is_deeply(\%all, { 200 => 40 }, 'all that wait are served');
is(asked('/many'), 0, 'by one request');


# --- who asks goes away: the next one asks

$b->answer('/left' => { wait => 1, body => MCPTest::Token::set($keys[0]) });

my $gone = $t->connect;
$gone->send($t->request_bytes('tools/list', {}, uri => '/left',
                              headers => headers($keys[0])));
$b->request(qr{^/left});
$gone->close;
$b->answer('/left' => { body => MCPTest::Token::set($keys[0]) });
$b->go('/left', 1);

ok(wait_until(sub { status('/left', $keys[0]) == 200 }), 'the next one asks');


# --- tokens of keys that nobody has are no way to make requests

$b->answer('/storm' => { body => MCPTest::Token::set($keys[0]) });
is(status('/storm', $keys[0]), 200, 'before the storm');
$b->requests;

status('/storm', $keys[1], header => { kid => "made-up-$_" }) for 1 .. 50;
is(asked('/storm'), 0, 'unknown keys, no request');
is(status('/storm', $keys[0]), 200, 'after it');

finish();
