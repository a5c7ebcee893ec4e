#!/usr/bin/perl

# Tokens: who is let in by which, and every forgery that is known.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use MCPTest::Token;

my @algs = qw(RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA);
my %key = map { $_ => MCPTest::Token->new($_, kid => "key-$_") } @algs;
my $stranger = MCPTest::Token->new('RS256', kid => 'key-RS256');
my $small = MCPTest::Token->new('RS256', kid => 'small', bits => 1024);

my %files = (
    'keys.json' => MCPTest::Token::set(@key{@algs}),
    'key.pem' => $key{ES256}->pem,
    'small.json' => MCPTest::Token::set($small),
    'mixed.json' => MCPTest::Token::set($small, $key{ES256}),
    'garbage' => '<html>', 'empty.json' => '{"keys":[]}'
);

my $tokens = 'mcp_jwt_keys %%DIR%%/keys.json; mcp_jwt_audience https://a/mcp;';


# --- configuration

for ([ 'garbage' ], [ 'empty.json' ], [ 'small.json' ]) {
    my ($name) = @$_;
    refused($name, location => "mcp_jwt_keys %%DIR%%/$name;",
            qr/"\S+\/$name": /, files => \%files);
}

refused('no file', location => 'mcp_jwt_keys none.json;', qr/none.json" failed/);
refused('twice', location => "$tokens\nmcp_jwt_keys %%DIR%%/key.pem;",
        qr/"mcp_jwt_keys" directive is duplicate/, files => \%files);
refused('a relative URI', location => 'mcp_jwt_keys uri=_jwks;',
        qr/invalid URI "_jwks" of keys/);
refused('a URI with arguments', location => 'mcp_jwt_keys uri=/a?b;',
        qr/invalid URI "\/a\?b" of keys/);
refused('no time', location => 'mcp_jwt_keys uri=/a refresh=0;',
        qr/invalid parameter "refresh=0", expected refresh=TIME/);
refused('a file and more', location => 'mcp_jwt_keys %%DIR%%/key.pem a;',
        qr/"mcp_jwt_keys" directive has more than a file/, files => \%files);
refused('an empty audience', location => 'mcp_jwt_audience "";',
        qr/"mcp_jwt_audience" directive has an empty value/);
accepted('all there is', files => \%files, location => "mcp; $tokens
         mcp_jwt_issuer https://i; mcp_jwt_leeway 5s; mcp_jwt_consumer email;
         mcp_jwt_scope roles;");

refused('no audience', location => 'mcp_jwt_keys uri=/a;',
        qr/"mcp_jwt_keys" needs "mcp_jwt_audience" or "mcp_resource_/);
refused('keys of nowhere', location => "mcp_jwt_audience a;\n"
        . 'mcp_jwt_keys uri=/a;',
        qr/no location of server "localhost" matches "\/a" of "mcp_jwt_keys"/);
refused('keys of an endpoint', location => "mcp_jwt_audience a;\n"
        . 'mcp_jwt_keys uri=/mcp;',
        qr/"\/mcp" of "mcp_jwt_keys" leads to location "\/mcp", which is an MCP/);

my ($rc, $out) = MCPTest->new(files => \%files, location => 'mcp;
    mcp_jwt_keys %%DIR%%/mixed.json; mcp_jwt_audience a;')->test_config;
is($rc, 0, 'keys of use, and others');
like($out, qr/\[warn\].*1 keys of "\S+mixed.json" cannot verify tokens/,
     'and others: told');


# --- tokens

my $t = MCPTest->new(
    location => <<"EOC",
        mcp;
        mcp_tools demo;
        mcp_tool_scope add write;
        $tokens
        mcp_jwt_issuer https://issuer https://other;
        mcp_jwt_leeway 0;
        add_header X-Consumer "\$mcp_consumer" always;
        add_header X-Scope "\$mcp_scope" always;
EOC
    server => <<'EOC',
    location = /pem {
        mcp;
        mcp_jwt_keys %%DIR%%/key.pem;
        mcp_jwt_audience a b;
        mcp_jwt_consumer email;
        mcp_jwt_scope roles;
        add_header X-Consumer "$mcp_consumer" always;
        add_header X-Scope "$mcp_scope" always;
    }

    location = /resource {
        mcp;
        mcp_jwt_keys %%DIR%%/keys.json;
        mcp_resource_metadata https://me.example.com/mcp;
        mcp_authorization_servers https://login.example.com;
    }
EOC
    files => \%files)->start;

my %claims = (iss => 'https://issuer', aud => 'https://a/mcp', sub => 'bob',
              exp => time + 3600, scope => 'read write');


sub with {
    my ($token, %o) = @_;
    return $t->rpc('tools/list', {}, uri => $o{uri} || '/mcp',
                   headers => { Authorization => "Bearer $token" });
}


sub taken {
    my ($token, $name, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $r = with($token, %o);
    ok_result($r, $name);
    return $r;
}


sub denied {
    my ($token, $name, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    # twice, for what is remembered is no other
    for my $time ('', ', again') {
        my $r = with($token, %o);

        ok_error($r, 401, -32600, "$name$time");
        like($r->header('WWW-Authenticate'), qr/^Bearer error="invalid_token"/,
             "$name$time: the challenge");
    }

    return;
}


for my $alg (@algs) {
    my $token = $key{$alg}->token(\%claims);

    for my $time ('', ', again') {
        my $r = taken($token, "$alg$time");
        is($r->header('X-Consumer') . '|' . $r->header('X-Scope'),
           'bob|read write', "$alg$time: who");
    }

    substr $token, -8, 1, substr($token, -8, 1) eq 'A' ? 'B' : 'A';
    denied($token, "$alg, another signature");
}

my $es = $key{ES256};
my $rs = $key{RS256};

taken($es->token({ %claims, aud => ['x', 'https://a/mcp'] }), 'several audiences');
taken($es->token({ %claims, iss => 'https://other' }), 'another issuer');
taken($es->token({ %claims, nbf => time - 1, iat => time }), 'valid since');
taken($es->token(\%claims, header => { typ => 'at+jwt' }), 'an access token');
taken($es->token({ %claims, aud => 'b', email => 'a@b', roles => ['x', 'y'] }),
      'a file of PEM', uri => '/pem');
taken($es->token({ %claims, aud => 'https://me.example.com/mcp',
                   iss => 'https://login.example.com' }),
      'the resource is the audience', uri => '/resource');

my $r = with($es->token({ %claims, aud => 'a', email => 'a@b',
                          roles => ['x', 'y'] }), uri => '/pem');
is($r->header('X-Consumer') . '|' . $r->header('X-Scope'), 'a@b|x y',
   'claims of other names');

my $now = time;

for ([ 'expired', { exp => $now - 1 } ],
     [ 'no end', { exp => undef } ],
     [ 'an end that is text', { exp => '9999999999' } ],
     [ 'not yet valid', { nbf => $now + 60 } ],
     [ 'made in the future', { iat => $now + 60 } ],
     [ 'for another server', { aud => 'https://b/mcp' } ],
     [ 'for a longer one', { aud => 'https://a/mcp/' } ],
     [ 'for nobody', { aud => undef } ],
     [ 'for no list', { aud => {} } ],
     [ 'of another issuer', { iss => 'https://issuer/' } ],
     [ 'of no issuer', { iss => undef } ],
     [ 'of nobody', { sub => undef } ],
     [ 'of an empty name', { sub => '' } ],
     [ 'of a name with a line', { sub => "a\nb" } ])
{
    my ($name, $change) = @$_;
    my %all = (%claims, %$change);

    denied($es->token({ map { $_ => $all{$_} } grep { defined $all{$_} }
                        keys %all }), $name);
}


# --- forgeries

my %head = (alg => 'RS256', typ => 'JWT', kid => 'key-RS256');
my @parts = split /\./, $es->token(\%claims);
my $body = \%claims;

denied(MCPTest::Token::glue({ %head, alg => $_ }, $body) . '.', "alg $_")
    for qw(none None NONE nOnE);
denied(MCPTest::Token::glue({ typ => 'JWT' }, $body) . '.', 'no alg');
denied(MCPTest::Token::hmac({ %head, alg => 'HS256' }, $body, $rs->pem),
       'HS256 with the public key');
denied($stranger->token(\%claims), 'a key of that name');
denied($stranger->token(\%claims, header => { jwk => $stranger->jwk }),
       'a key in the token');
denied($stranger->token(\%claims, header => { jku => 'https://evil/keys' }),
       'keys elsewhere');
denied($es->token(\%claims, header => { kid => $_ }), "kid $_")
    for '../../../etc/passwd', q{x' UNION SELECT 'a}, 'key-RS256', '';
denied($es->token(\%claims, header => { kid => [1] }), 'kid is a list');
denied($es->token(\%claims, header => { crit => ['x'], x => 1 }), 'crit');
denied($es->token(\%claims, header => { typ => 'dpop+jwt' }), 'another type');
denied($key{ES384}->token(\%claims, header => { alg => 'ES256' }), 'a curve');
denied($rs->token(\%claims, alg => 'RS512', header => { alg => 'RS256' }),
       'another digest than it says');

denied(join('.', @parts[0, 1]), 'no signature');
denied(join('.', @parts[0, 1], ''), 'an empty one');
denied(join('.', @parts, 'x'), 'four parts');
denied(join('.', @parts) . '=', 'padding');
denied(join('.', $parts[0], MCPTest::Token::glue({ %claims, sub => 'root' }),
            $parts[2]), 'other claims');
denied(join('.', MCPTest::Token::glue({ %head, alg => 'ES256', x => 1 }),
            @parts[1, 2]), 'another header');
denied(join('.', @parts[0, 1], 'A' x 86), 'a signature of zeroes');
denied(substr(join('.', @parts), 0, -1), 'a character less');
denied('a' x 8000, 'a long one');
denied('.' x 100, 'dots');
denied($es->token('{"iss":"https://issuer","aud":"https://a/mcp","sub":"bob",'
                  . '"exp":9999999999,"exp":9999999998}'), 'a claim twice');
denied($es->token('[1]'), 'claims that are a list');
denied($es->token('{"exp":1e99,"sub":"bob"}'), 'an end beyond all time');

is(with('x' x 20000)->status, 400, 'more than a token can be');

my $whole = $es->token(\%claims);

for ([ 401, 'X-API-Key' => $whole ],
     [ 200, 'X-API-Key' => 'of another', Authorization => "Bearer $whole" ],
     [ 401, Authorization => "DPoP $whole" ])
{
    my ($status, @headers) = @$_;
    my $r = $t->rpc('tools/list', {}, headers => { @headers });

    is($r->status, $status, "a token in $headers[-2]");
    is($r->header('WWW-Authenticate'), 'Bearer realm="mcp"',
       'which is none') if $status == 401;
}


# --- scopes

my $add = ['add', { a => 1, b => 2 }];
$r = $t->call(@$add, headers => { Authorization => 'Bearer '
    . $es->token({ %claims, scope => 'read' }) });
ok_error($r, 403, -32600, 'too little');
is($r->header('WWW-Authenticate'),
   'Bearer error="insufficient_scope", scope="write"', 'and what more it takes');
ok_result($t->call(@$add, headers => { Authorization => 'Bearer '
    . $es->token(\%claims) }), 'enough');

# expired while it is remembered

my $short = $es->token({ %claims, exp => time + 2 });
taken($short, 'for a moment');
ok(wait_until(sub { with($short)->status == 401 }), 'no longer');

my $logs = $t->error_log =~ s/^.*http header:.*$//mgr;
unlike($logs, qr/\Q$parts[2]\E|\Q$parts[1]\E/, 'no log has a token');

finish();
