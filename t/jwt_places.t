#!/usr/bin/perl

# Tokens in more than one place: servers, locations within locations, and
# configurations one after another have keys and audiences of their own.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Token;

my @keys = map { MCPTest::Token->new('ES256', kid => "k$_") } 0 .. 2;
my $b = MCPTest::Backend->start(map { ("/$_" => { body =>
            MCPTest::Token::set($keys[$_]) }) } 0 .. 2);
my $issuers = '127.0.0.1:' . $b->port;


# two servers with locations of the same names, as if they were generated

sub servers {
    my ($first) = @_;

    return join '', map { <<"EOC" } [0, $first], [1, 1];
    server {
        listen 127.0.0.1:%%PORT_$_->[0]%%;

        location = /mcp {
            mcp;
            mcp_jwt_keys uri=/_jwks interval=1s;
            mcp_jwt_audience me;
        }

        location = /_jwks { internal; proxy_pass http://$issuers/$_->[1]; }
    }
EOC
}


my $t = MCPTest->new(servers => servers(0))->start;


sub token {
    my ($key, %claims) = @_;
    return $key->token({ sub => 'bob', aud => 'me', exp => time + 600,
                         jti => rand, %claims });
}


sub status {
    my ($server, $token, %o) = @_;
    return $t->rpc('tools/list', {}, port => $t->port($server),
                   headers => { Authorization => "Bearer $token" }, %o)->status;
}


for my $server (0, 1) {
    is(status($server, token($keys[$server])), 200, "server $server, its key");
    is(status($server, token($keys[1 - $server])), 401,
       "server $server, the key of the other");
}

is_deeply({ map { $_->target => 1 } $b->requests }, { '/0' => 1, '/1' => 1 },
          'each has asked for its own');


# --- what another configuration had asked for is asked for again

my $known = token($keys[0]);
is(status(0, $known), 200, 'before the reload');
ok($t->reload(servers => servers(2)), 'reload: another issuer');
ok(wait_until(sub { status(0, $known) == 401 }), 'the old one is none');
is(status(0, token($keys[2])), 200, 'but the new one');

$b->requests;
ok($t->reload(servers => servers(2)), 'reload: nothing has changed');
$b->answer("/$_" => { status => 503, body => '' }) for 0 .. 2;
is(status(0, token($keys[2])), 200, 'an issuer that is down does no harm');


# --- a location within another

sub protected { return "mcp_resource_metadata https://a$_[0];\n" }

my $pem = { 'key.pem' => $keys[0]->pem };

$t = MCPTest->new(files => $pem, server => <<"EOC")->start;
    location /out {
        mcp;
        mcp_jwt_keys %%DIR%%/key.pem;
        mcp_authorization_servers https://issuer;
        @{[ protected('/out') ]}

        location /out/in { mcp; @{[ protected('/out/in') ]} }
        location /out/part { mcp; }

        if (\$arg_x) { set \$x 1; }
    }

    location = /behind {
        mcp_inspect on;
        mcp_jwt_keys %%DIR%%/key.pem;
        mcp_jwt_audience me;
        proxy_pass http://$issuers/behind;
    }
EOC

for (['/out', '/out'], ['/out/in', '/out/in'], ['/out/part', '/out'],
     ['/out?x=1', '/out'])
{
    my ($uri, $own) = @$_;

    for my $path ('/out', '/out/in') {
        is(status(0, token($keys[0], iss => 'https://issuer',
                           aud => "https://a$path"), uri => $uri),
           $path eq $own ? 200 : 401, "$uri: a token for $path");
    }

    my $r = $t->rpc('tools/list', {}, uri => $uri);
    is($r->header('WWW-Authenticate'), 'Bearer resource_metadata="https://a'
       . qq(/.well-known/oauth-protected-resource$own"), "$uri: where it leads");

    $r = $t->exchange($t->http_bytes(method => 'GET',
        uri => "/.well-known/oauth-protected-resource$own"));
    is($r->json->{resource}, "https://a$own", "$uri: what is there");
}


# --- what goes on to another server: not the token, but a key that is its own

$b->answer('/behind' => { body => '{"jsonrpc":"2.0","id":1,"result":{}}' });
$b->requests;
is(status(0, '', uri => '/behind', headers => {
       Authorization => 'Bearer ' . token($keys[0]), 'X-API-Key' => 'theirs' }),
   200, 'in front of another server');

my ($seen) = $b->requests;
is($seen->header('Authorization'), undef, 'it sees no token');
is($seen->header('X-API-Key'), 'theirs', 'but its key');

finish();
