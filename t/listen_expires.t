#!/usr/bin/perl

# Who listens does so no longer than a credential lasts.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Token;

my $issuer = MCPTest::Token->new('ES256', kid => 'a');

my $t = MCPTest->new(
    location => <<'EOC',
    mcp;
    mcp_stream_heartbeat 0;
    mcp_api_keys %%DIR%%/keys;
    mcp_jwt_keys %%DIR%%/jwks;
    mcp_jwt_audience me;
    mcp_jwt_leeway 1s;
EOC
    files => { keys => sha256_hex('bob') . " bob\n",
               jwks => MCPTest::Token::set($issuer) })->start;

$t->write_file('keys', join '', map { sha256_hex($_->[0]) . " $_->[1]\n" }
               ['bob', 'bob expires=' . (time + 5)], ['amy', 'amy']);
$t->reload;

my $token = $issuer->token({ sub => 'a', aud => 'me', exp => time + 5 });


sub listen_as {
    my (@header) = @_;

    my $s = MCPTest::Events->open($t, $t->request_bytes('subscriptions/listen',
        { notifications => { toolsListChanged => JSON::PP::true() } },
        headers => { @header }));

    is($s->next->{method}, 'notifications/subscriptions/acknowledged',
       'listens');
    return $s;
}


my %s = (key => listen_as('X-API-Key' => 'bob'),
         token => listen_as(Authorization => "Bearer $token"),
         ever => listen_as('X-API-Key' => 'amy'));

for (qw(key token)) {
    my $last = $s{$_}->next;

    is($last->{result}{resultType}, 'complete', "$_: ends in order")
        or diag(explain($last));
}

is($t->rpc('tools/list', {}, headers => { 'X-API-Key' => 'bob' })->status, 401,
   'and is no credential any more');
ok(!$s{ever}->ended, 'one that does not expire goes on');

finish();
