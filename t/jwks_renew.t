#!/usr/bin/perl

# Keys of tokens that are renewed while nobody waits: also after the request
# that began it has had its answer, and when there is none in time.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Token;

my @keys = map { MCPTest::Token->new('ES256', kid => "k$_") } 0 .. 1;
my @sets = map { { body => MCPTest::Token::set($_) } } @keys;

my $b = MCPTest::Backend->start(map { ("/$_" => $sets[0]) } qw(late never kept));
my $port = $b->port;

my $t = MCPTest->new(
    server => join('', map { <<"EOC" } qw(late never kept)),
    location = /$_ {
        mcp;
        mcp_jwt_keys uri=/_$_ refresh=2s interval=2s;
        mcp_jwt_audience me;
    }

    location = /_$_ {
        internal;
        proxy_pass http://127.0.0.1:$port/$_;
    }
EOC
    expect => [ qr/mcp keys of "\/_never": no answer in time/ ])->start;


sub headers {
    my ($key, %o) = @_;
    return { Authorization => 'Bearer ' . $key->token({ sub => 'bob',
             aud => 'me', exp => time + 600, jti => rand }, %o) };
}


sub status {
    my ($uri, $headers) = @_;
    return $t->rpc('tools/list', {}, uri => $uri, headers => $headers)->status;
}


# --- the answer comes after that of the request

is(status('/late', headers($keys[0])), 200, 'keys');
$b->requests;
$b->answer('/late' => { %{ $sets[1] }, wait => 1 });

my $asked;
ok(wait_until(sub { is(status('/late', headers($keys[0])), 200, 'meanwhile');
                    $asked = $b->requests }), 'they are asked for again');
$b->go('/late');
ok(wait_until(sub { status('/late', headers($keys[0])) == 401 }),
   'and a key that is not there any more is none');
is(scalar $b->requests, 0, 'by one answer');


# --- tokens that are remembered do not keep a set from being renewed

my $known = headers($keys[0]);
is(status('/kept', $known), 200, 'a token');
$b->answer('/kept' => $sets[1]);
ok(wait_until(sub { status('/kept', $known) == 401 }),
   'is none when its key is gone');


# --- no answer

is(status('/never', headers($keys[0])), 200, 'keys');
$b->requests;
$b->answer('/never' => { wait => 1, body => '' });
ok(wait_until(sub { is(status('/never', headers($keys[0])), 200, 'meanwhile');
                    $b->requests }), 'they are asked for again');
ok($t->wait_log(qr/mcp keys of "\/_never": no answer in time/),
   'nobody answers');
is(status('/never', headers($keys[0])), 200, 'the old ones stay');


# --- forgotten by the zone before a worker has looked

my $wide = sub { { body => $_[0]{body} . ' ' x $_[1] } };

$b->answer('/' . $_->[0] => $wide->($sets[0], $_->[1]))
    for ['lost', 80_000], ['next', 80_000], ['wide', 250_000];

$t = MCPTest->new(
    http => 'mcp_zone zone=small:256k;',
    server => join('', map { <<"EOC" } qw(lost next wide)),
    location = /$_ {
        mcp;
        mcp_jwt_keys uri=/_$_ interval=1s;
        mcp_jwt_audience me;
    }

    location = /_$_ {
        internal;
        proxy_pass http://127.0.0.1:$port/$_;
    }
EOC
    expect => [ qr/mcp keys of "\/_wide": no room in "mcp_zone"/ ])->start;

is(status('/wide', headers($keys[0])), 503, 'no room for keys');

$known = headers($keys[0]);
is(status('/lost', $known), 200, 'keys');
$b->requests;
$b->answer('/lost' => { %{ $wide->($sets[1], 80_000) }, wait => 1 });
ok($t->reload, 'reload');
ok(wait_until(sub { is(status('/lost', $known), 200, 'meanwhile');
                    ($asked) = $b->requests }), 'asked for again');
$b->go('/lost');
ok($b->answered($asked), 'the answer');

is(status('/next', headers($keys[0])), 200, 'others take its place');
$b->answer('/lost' => $sets[1]);
ok(wait_until(sub { status('/lost', $known) == 401 }), 'and asked for again');

finish();
