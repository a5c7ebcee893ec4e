#!/usr/bin/perl

# API keys: who calls, what a key may do, and who is refused.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;

my $bob = 'mcp_' . 'b' x 43;
my $new = 'mcp_' . 'n' x 43;
my $eve = 'mcp_' . 'e' x 43;
my $old = 'mcp_' . 'o' x 43;
my $soon = 'mcp_' . 's' x 43;
my $seen = 'mcp_' . 'q' x 43;
my $adder = 'mcp_' . 'a' x 43;

sub line { return sha256_hex(shift) . ' ' . join(' ', @_) . "\n" }

my $keys = "# who\n\n"
    . line($bob, 'bob', 'read,write') . line($new, 'bob', 'read')
    . line($seen, 'seen') . line($eve, 'eve') . line($old, 'old', 'expires=2020-01-01')
    . line($soon, 'soon', 'not_before=2999-01-01T00:00:00Z')
    . line($adder, 'adder', 'tools=add,text_*');


# --- configuration

for ([ 'no digest', 'abc bob', 1 ], [ 'no name', sha256_hex('a'), 2 ],
     [ 'a line twice', line($bob, 'bob') . line($bob, 'eve'), 2 ],
     [ 'an unknown word', line($bob, 'bob', 'read', 'foo=bar'), 1 ],
     [ 'no time', line($bob, 'bob', 'expires=tomorrow'), 1 ])
{
    my ($name, $text, $line) = @$_;
    my $before = $name eq 'no name' ? "# one\n" : '';

    refused($name, location => 'mcp_api_keys %%DIR%%/keys;',
            qr/keys", line $line: /, files => { keys => "$before$text\n" });
}

refused('no file', location => 'mcp_api_keys %%DIR%%/none;',
        qr/"\S+none" failed/);
refused('twice', location => "mcp_api_keys %%DIR%%/keys;\n"
                             . 'mcp_api_keys %%DIR%%/keys;',
        qr/"mcp_api_keys" directive is duplicate/, files => { keys => $keys });
refused('no phase', location => 'mcp_auth_phase rewrite;',
        qr/invalid value "rewrite", expected preaccess or access/);
refused('a scope with a quote', location => q{mcp_tool_scope add 'a"b';},
        qr/invalid scope "a"b"/);
refused('a scope that implies itself',
        http => q{mcp_scope_implies admin "wri te";},
        qr/invalid scope "admin" or "wri te"/);


my ($rc, $out) = MCPTest->new(location => 'mcp; mcp_api_keys %%DIR%%/keys;',
                              files => { keys => "# none yet\n" })->test_config;
is($rc, 0, 'a file without keys');
like($out, qr/\[warn\].*keys" has no key, so nobody can call: /, 'is told of');


# --- who calls

my $t = MCPTest->new(
    http => <<'EOC',
    mcp_scope_implies admin write;
    log_format who "$mcp_consumer|$mcp_scope|$mcp_error|$status|$mcp_tool";
EOC
    location => <<'EOC',
        mcp;
        mcp_tools demo text;
        mcp_api_keys %%DIR%%/keys;
        access_log %%DIR%%/who.log who;
        add_header X-Consumer $mcp_consumer always;
EOC
    server => <<'EOC',
    location = /any {
        mcp;
        mcp_api_keys %%DIR%%/keys;
        mcp_auth_phase access;
        satisfy any;
        auth_basic both;
        auth_basic_user_file %%DIR%%/users;
        mcp_consumer $remote_user;
        add_header X-Consumer $mcp_consumer always;
    }

    location = /open {
        mcp;
        mcp_tools demo;
    }
EOC
    files => { keys => $keys, users => "alice:{PLAIN}secret\n" },
    expect => [ qr/\[emerg\].*keys", line 1: expected a SHA-256 digest/ ]
)->start;

my $body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":'
           . '{"name":"add","arguments":{"a":1,"b":2}}}';


sub add {
    my ($headers, %o) = @_;
    return $t->call('add', { a => 1, b => 2 }, headers => $headers, %o);
}


sub refused_as {
    my ($r, $challenge, $name) = @_;

    ok_error($r, 401, -32600, $name);
    is($r->header('WWW-Authenticate'), $challenge, "$name: the challenge");
    return;
}


my $r = add({ Authorization => "Bearer $bob" });

ok_result($r, 'a key');
is($r->header('X-Consumer'), 'bob', 'is known by name');

for ([ 'another spelling of the scheme', Authorization => "bEaReR  $bob" ],
     [ 'a second key of the same name', Authorization => "Bearer $new" ],
     [ 'a header of its own', 'X-API-Key' => $bob ],
     [ 'a key without scopes', 'X-API-Key' => $eve ])
{
    my ($name, @header) = @$_;
    ok_result(add({@header}), $name);
}

ok_result($t->legacy_call('add', { a => 1, b => 2 },
                          headers => { 'X-API-Key' => $bob }),
          'a legacy client');
ok_result($t->call('add', { a => 1, b => 2 }, uri => '/open'),
          'elsewhere nothing is asked for');

refused_as(add({}), 'Bearer realm="mcp"', 'no key');
refused_as(add({ Authorization => 'Basic YTpi' }), 'Bearer realm="mcp"',
           'no bearer');

for ([ 'an unknown key', "x$bob" ], [ 'a shorter one', substr $bob, 1 ],
     [ 'the digest of a key', sha256_hex($bob) ],
     [ 'an expired one', $old ], [ 'one that begins later', $soon ])
{
    refused_as(add({ Authorization => "Bearer $_->[1]" }),
               'Bearer error="invalid_token"', $_->[0]);
}

for ([ 'two of them', Authorization => "Bearer $bob", 'X-API-Key' => $bob ],
     [ 'one header twice', 'X-API-Key' => [ $bob, $bob ] ],
     [ 'a tab at its end', Authorization => "Bearer $bob\t" ],
     [ 'an empty one', Authorization => 'Bearer ' ],
     [ 'one with a space', Authorization => "Bearer $bob $bob" ],
     [ 'an empty header', 'X-API-Key' => '' ])
{
    my ($name, @headers) = @$_;

    $r = add({@headers});
    ok_error($r, 400, -32600, $name);
    is($r->header('WWW-Authenticate'), 'Bearer error="invalid_request"',
       "$name: the challenge");
}

ok_result(add({ Authorization => "Bearer $bob  " }), 'spaces at the end');
refused_as(add({ Authorization => "Bearer\t$bob" }), 'Bearer realm="mcp"',
           'a tab is no space');
is(add({ 'X-API-Key' => 'k' x 7000 })->status, 401, 'a long one');
is(add({ 'X-API-Key' => 'k' x 9000 })->status, 400, 'longer than nginx takes');

# nginx refuses these itself, and prints them
for (["Bearer $seen", "Bearer $seen"], ["Bearer $seen", 'Basic YTpi'],
     ['Basic YTpi', "Bearer $seen"])
{
    is(add({ Authorization => $_ })->status, 400, "two headers: @$_");
}

# what is in an address is in logs and histories: nobody looks for it there
refused_as(add({}, uri => "/mcp?api_key=$seen&access_token=$seen"),
           'Bearer realm="mcp"', 'a key in the query');
refused_as(add({ Cookie => "X-API-Key=$bob; Authorization=Bearer $bob" }),
           'Bearer realm="mcp"', 'a key in a cookie');

my @lines = $t->wait_lines('who.log', 8);

is($lines[0], 'bob|read write||200|add', 'the log says who, and as what');
like($t->slurp('who.log'), qr/^\|\|unauthorized\|401\|$/m,
     'and who was refused');


# --- the body of a stranger is not read

$r = $t->exchange("POST /mcp HTTP/1.1\r\nHost: a\r\n"
                  . "Content-Type: application/json\r\n"
                  . "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n");

is($r->status, 401, 'refused before a byte of its body has come');

# a stream that was answered before its end would be reset, which curl takes for
# a failure: there a small body is let in, and dropped

my $h2 = MCPTest->new(listen => 'http2', location => <<'EOC',
        mcp;
        mcp_tools demo;
        mcp_api_keys %%DIR%%/keys;
EOC
    files => { keys => $keys })->start;

SKIP: {
    my @h2 = (args => ['--http2-prior-knowledge']);

    skip('nginx or curl without HTTP/2', 5)
        if ($h2->curl(@h2, uri => '/')->version // '') ne '2';

    for my $era (qw(modern legacy)) {
        ok_error($h2->curl_rpc('tools/list', {}, era => $era, @h2), 401, -32600,
                 "HTTP/2, $era: no key");
        ok_result($h2->curl_rpc('tools/list', {}, era => $era, @h2,
                                headers => { 'X-API-Key' => $bob }),
                  "HTTP/2, $era: a key");
    }

    my $large = $h2->curl_rpc('tools/call', { name => 'echo', arguments =>
        { text => 'x' x 500_000 } }, @h2);
    isnt($large->status // 0, 200, 'HTTP/2: a large body is not let in');
}


# --- among the access modules

$r = $t->rpc('tools/list', {}, uri => '/any',
             headers => { 'X-API-Key' => $bob });
ok_result($r, 'satisfy any: a key');
is($r->header('X-Consumer'), 'bob', 'satisfy any: whose');

$r = $t->rpc('tools/list', {}, uri => '/any',
             headers => { Authorization => 'Basic YWxpY2U6c2VjcmV0' });
ok_result($r, 'satisfy any: a password');
is($r->header('X-Consumer'), 'alice', 'satisfy any: whose');

$r = $t->rpc('tools/list', {}, uri => '/any');
ok_error($r, 401, -32600, 'satisfy any: nothing');
is($r->header('WWW-Authenticate'), 'Basic realm="both"',
   'satisfy any: one challenge');


$r = $t->rpc('tools/list', {}, uri => '/any',
             headers => { Authorization => 'Basic YWxpY2U6d3Jvbmc=' });
is($r->status, 401, 'satisfy any: a wrong password');
is($r->header('X-Consumer') // '', '', 'is nobody');


# --- what a client keeps is its own

$r = $t->legacy('initialize', { protocolVersion => '2025-06-18',
    capabilities => {}, clientInfo => { name => 'a', version => '1' } },
    version => undef, headers => { 'X-API-Key' => $bob });
my %session = ('Mcp-Session-Id' => $r->header('Mcp-Session-Id'));

for ([ $bob, 200, 'a session' ], [ $new, 200, 'by another key of that name' ],
     [ $eve, 404, 'and nobody else' ])
{
    my ($key, $status, $name) = @$_;

    is($t->legacy('tools/list', {}, headers => { %session, 'X-API-Key' => $key })
         ->status, $status, $name);
}


# --- some tools only

$r = $t->rpc('tools/list', {}, headers => { 'X-API-Key' => $adder });
ok_result($r, 'a key for some tools');
is_deeply([ grep { !/^(?:add|text_.*)\z/ }
            map { $_->{name} } @{ $r->result->{tools} } ], [],
          'lists no others');
cmp_ok(scalar @{ $r->result->{tools} }, '>', 0, 'but these');
is($r->result->{cacheScope}, 'private', 'for nobody else');

ok_result(add({ 'X-API-Key' => $adder }), 'calls one');
ok_error($t->call('echo', { text => 'a' },
                  headers => { 'X-API-Key' => $adder }),
         403, -32600, 'and none of the others');


# --- a reload takes a key away, and gives another

$t->write_file('keys', line($eve, 'eve') . line($old, 'old'));
$t->reload;

refused_as(add({ 'X-API-Key' => $bob }), 'Bearer error="invalid_token"',
           'a key that was taken away');
ok_result(add({ 'X-API-Key' => $old }), 'one that is back');

$t->write_file('keys', "$bob bob\n");
$t->reload(fails => qr/keys", line 1: /);
ok_result(add({ 'X-API-Key' => $old }), 'a broken file changes nothing');

my $logs = $t->error_log . $t->slurp('who.log');
my @secrets = ($bob, $new, $eve, $old, $soon, $adder, 'secret');

# nginx itself prints the headers it reads, when it is told to debug
$logs =~ s/^.*\bhttp (?:header|header line|request line):.*$//mg;

for my $secret (@secrets) {
    unlike($logs, qr/\Q$secret/, 'no log has a key');
}

finish();
