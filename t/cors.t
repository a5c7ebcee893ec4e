#!/usr/bin/perl

# Pages of other origins: what a browser asks first, and what it may read.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Conf;

refused('twice', location => "mcp_cors *;\nmcp_cors *;",
        qr/"mcp_cors" directive is duplicate/);
refused('no origin', location => 'mcp_cors https://a/b;',
        qr/invalid origin "https:\/\/a\/b", expected/);
refused('all and one', location => 'mcp_cors * https://a;',
        qr/"mcp_cors" directive has "\*", which goes with nothing else/);
refused('all with cookies', location => 'mcp_cors * credentials;',
        qr/"mcp_cors" directive has "\*", which goes with nothing else/);
refused('nobody', location => 'mcp_cors credentials;',
        qr/"mcp_cors" directive needs an origin/);
accepted('switched off', http => 'mcp_cors *;', location => 'mcp; mcp_cors off;');

my $b = MCPTest::Backend->start('/' => { body => '{"jsonrpc":"2.0","id":1,'
    . '"result":{}}', headers => [ 'Access-Control-Allow-Origin', '*',
                                   'Access-Control-Expose-Headers', 'X-Theirs',
                                   'X-Other', 'stays' ] });
my $port = $b->port;
my $app = 'https://app.example.com';

my $t = MCPTest->new(
    http => 'limit_req_zone $uri zone=z:1m rate=1r/m; limit_req_status 429;',
    location => <<"EOC",
        mcp;
        mcp_tools demo;
        mcp_cors $app http://localhost:*;
        mcp_api_keys %%DIR%%/keys;
        client_max_body_size 1k;
EOC
    server => <<"EOC",
    location = /all { mcp; mcp_cors *; }
    location = /none { mcp; mcp_allowed_origins $app; }
    location = /cookies { mcp; mcp_cors $app credentials; }
    location = /limited { mcp; mcp_cors $app; limit_req zone=z; }
    location = /asked {
        mcp; mcp_cors $app; auth_basic who; auth_basic_user_file %%DIR%%/users;
    }
    location = /named { mcp; mcp_cors $app; deny all; error_page 403 \@mcp; }
    location \@mcp { mcp_error; }
    location = /in {
        mcp_inspect on; mcp_cors $app; proxy_pass http://127.0.0.1:$port/;
    }
EOC
    files => { keys => sha256_hex('key') . " bob\n", users => "a:{PLAIN}b\n" }
)->start;


sub ask {
    my ($origin, %o) = @_;

    return $t->exchange($t->http_bytes(method => 'OPTIONS',
        uri => $o{uri} || '/mcp', headers => [
            $origin ? (Origin => $origin) : (),
            'Access-Control-Request-Method' => $o{method} || 'POST',
            'Access-Control-Request-Headers' => $o{headers}
                || 'authorization,content-type,mcp-method,mcp-name,'
                   . 'mcp-protocol-version,x-evil' ]));
}


sub cors { return $_[0]->header("Access-Control-$_[1]") }


# --- asked first, and before anybody asks who it is

for my $uri (qw(/mcp /asked /in /cookies /limited /limited)) {
    my $r = ask($app, uri => $uri);

    is($r->status . $r->body, '204', "$uri: may it?");
    is(cors($r, 'Allow-Origin'), $app, "$uri: that origin");
    like(cors($r, 'Allow-Methods'), qr/\bPOST\b.*\bDELETE\b|DELETE.*POST/,
         "$uri: methods");
    like(cors($r, 'Allow-Headers'), qr/authorization/i, "$uri: headers");
    unlike(cors($r, 'Allow-Headers'), qr/evil/i, "$uri: no others");
    is(cors($r, 'Allow-Credentials'), $uri eq '/cookies' ? 'true' : undef,
       "$uri: cookies");
    like($r->header('Vary'), qr/Origin/, "$uri: caches know");
    is(join(' ', $r->headers('Access-Control-Allow-Origin')), $app, "$uri: once");
}

# asked with these, the Inspector in a browser connects directly, with a key

for my $asked ('content-type,x-api-key,x-custom-auth-headers',
               'content-type,mcp-protocol-version,mcp-session-id,x-api-key,'
               . 'x-custom-auth-headers')
{
    my $r = ask('http://localhost:6274', headers => $asked);

    is(cors($r, 'Allow-Headers') =~ s/ //gr, $asked, 'the Inspector: headers');
}

is(scalar $b->requests, 0, 'the other server is not asked');
is(cors(ask('http://localhost:6274'), 'Allow-Origin'), 'http://localhost:6274',
   'any port, as the Inspector has');
is(cors(ask('https://any.example', uri => '/all'), 'Allow-Origin'), '*', 'all');

for (['https://evil.example'], ["$app.evil.example"], ['null'],
     [$app, uri => '/none'])
{
    my ($origin, %o) = @$_;
    my $r = ask($origin, %o);

    cmp_ok($r->status, '>=', 400, "$origin: refused");
    is(cors($r, 'Allow-Origin'), undef, "$origin: not allowed");
}


# --- every answer may be read, refusals included

for (['a result', 200, { 'X-API-Key' => 'key' }], ['no key', 401, {}],
     ['too large', 413, { 'X-API-Key' => 'key' }, 'x' x 2000])
{
    my ($name, $status, $headers, $text) = @$_;
    my $r = $t->call('echo', { text => $text || 'a' },
                     headers => { %$headers, Origin => $app });

    is($r->status, $status, $name);
    is(cors($r, 'Allow-Origin'), $app, "$name: may be read");
    like(cors($r, 'Expose-Headers'), qr/WWW-Authenticate/i,
         "$name: with what a browser hides");
    like(cors($r, 'Expose-Headers'), qr/Mcp-Session-Id/i, "$name: session");
}

my $r = $t->rpc('tools/list', {}, uri => '/named', headers => { Origin => $app });
is($r->status . cors($r, 'Allow-Origin'), "403$app", 'by a location of errors');

$r = $t->rpc('tools/list', {}, headers => { 'X-API-Key' => 'key',
                                            Origin => 'https://evil.example' });
ok_error($r, 403, -32600, 'another origin');
is(cors($r, 'Allow-Origin'), undef, 'may not read');

$r = $t->rpc('tools/list', {}, headers => { 'X-API-Key' => 'key' });
ok_result($r, 'no page at all');
is(cors($r, 'Allow-Origin'), undef, 'is told nothing');
like($r->header('Vary'), qr/Origin/, 'but caches are');


# --- another server's headers are not doubled

$r = $t->legacy('ping', {}, uri => '/in', headers => { Origin => $app });
is($r->status, 200, 'passes');
is(join(' ', $r->headers('Access-Control-Allow-Origin')), $app, 'one origin');
unlike(join(' ', $r->headers('Access-Control-Expose-Headers')), qr/Theirs/,
       'one list');
is($r->header('X-Other'), 'stays', 'others stay');

finish();
