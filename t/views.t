#!/usr/bin/perl

# What a caller sees, at its edges: URIs of several templates, subscriptions,
# batches, keys that see the same, and more callers than are remembered.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use JSON::PP qw(encode_json);
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use MCPTest::Events;

sub line { return sha256_hex(shift) . ' ' . join(' ', @_) . "\n" }

my @same = map { "same$_" } 1 .. 3;

my $keys = line('none', 'bob') . line('read', 'bob', 'read')
           . line('admin', 'bob', 'admin,read') . line('write', 'amy', 'write')
           . join('', map { line($_, $_, '-', 'tools=echo,a*') } @same)
           . line('differs', 'differs', '-', 'tools=echo,b*');

my $scopes = join ' ', map { "s$_" } 0 .. 7;


# --- configuration

refused('a scope of a tool that is not there',
        location => 'mcp_tools demo; mcp_consumer a scope=b;
                     mcp_tool_scope ad write;',
        qr/no tool is called "ad" in "mcp_tool_scope" in /);
refused('scopes that nobody can have',
        server => 'location /a { mcp_tools demo; mcp_tool_scope add write;
                   mcp; # HERE
                   }', qr/nobody can have one: add "mcp_api_keys", .* in /);
accepted('a scope of a tool of another location',
         http => 'mcp_tool_scope add write; mcp_consumer a scope=b;',
         server => 'location = /other { mcp; mcp_tools demo; }');

my ($rc, $out) = MCPTest->new(location => 'mcp; mcp_consumer a scope=b;
    mcp_tools demo; mcp_tool_scope none_* write;')->test_config;

is($rc, 0, 'a pattern that fits no tool yet');
like($out, qr/\[warn\].*no tool is called "none_\*" in /, 'is told of');


# --- the endpoints

my $t = MCPTest->new(
    main => 'error_log debug.log debug;',
    http => <<'EOC',
    limit_req_zone $mcp_tool zone=tool:1m rate=1r/m;
    limit_req_status 429;
    log_format who "$uri $mcp_consumer $mcp_scope $status";
EOC
    location => <<'EOC',
        mcp;
        mcp_tools demo;
        mcp_api_keys %%DIR%%/keys;
        mcp_consumer guest scope=admin;
        mcp_tool_scope add write;
        mcp_stream_heartbeat 0;
        access_log %%DIR%%/who.log who;

        mcp_resource "doc:{+path}" { pass GET "/_api/{+path}"; }
        mcp_resource "doc:secret" { text secret; scope admin;
                                    ttl 60s public; }
        mcp_resource "doc:open" { text open; ttl 60s public; }
        mcp_resource "log:a" { text a; scope admin; }
EOC
    server => <<"EOC",
    location = /order {
        mcp;
        mcp_api_keys %%DIR%%/keys;
        mcp_resource "doc:old/{name}" { pass GET "/_api/{name}"; scope read; }
        mcp_resource "doc:{+path}" { pass GET "/_api/{+path}"; }
    }

    location = /pages {
        mcp;
        mcp_page_size 2;
        mcp_api_keys %%DIR%%/keys;
        mcp_tools demo text;
        mcp_tool_scope add read;
    }

    location = /limited {
        mcp;
        mcp_tools demo;
        mcp_tool_scope echo read;
        mcp_api_keys %%DIR%%/keys;
        limit_req zone=tool burst=4 nodelay;
    }

    location = /many {
        mcp;
        mcp_consumer me scope=\$http_x_scope;
        mcp_prompt p {
            description p; message user p; scope $scopes;
        }
@{[ join "\n", map { "mcp_prompt p$_ { description p; message user p; "
                     . "scope s$_; }" } 0 .. 7 ]}
    }

    location = /publish { mcp_publish; }

    location /_api/ { internal; default_type text/plain; return 200 "\$uri"; }
EOC
    files => { keys => $keys })->start;

my $r;

sub as { my ($key, @o) = @_; return (headers => { 'X-API-Key' => $key }, @o) }


sub read_as {
    my ($key, $uri, @o) = @_;
    return $t->rpc('resources/read', { uri => $uri }, as($key, @o));
}


sub refused_for {
    my ($r, $scope, $name) = @_;

    ok_error($r, 403, -32600, $name);
    is($r->header('WWW-Authenticate'),
       qq(Bearer error="insufficient_scope", scope="$scope"),
       "$name: which it takes");
    return;
}


# --- a URI is what it is for all

is(read_as('none', 'doc:a')->result->{contents}[0]{text}, '/_api/a',
   'a template');
is(read_as('admin', 'doc:secret')->result->{contents}[0]{text}, 'secret',
   'a resource of its own');
refused_for(read_as('none', 'doc:secret'), 'admin',
            'that is hidden, and no template stands in for it');

is(read_as('read', 'doc:old/b', uri => '/order')->result->{contents}[0]{text},
   '/_api/b', 'the first template');
refused_for(read_as('none', 'doc:old/b', uri => '/order'), 'read',
            'that is hidden, and the second does not stand in for it');
is(read_as('none', 'doc:c', uri => '/order')->result->{contents}[0]{text},
   '/_api/c', 'the second');

is(read_as('admin', 'doc:secret')->result->{cacheScope}, 'private',
   'what takes a scope is for no shared cache');
is(read_as('admin', 'doc:open')->result->{cacheScope}, 'public',
   'what does not, may be');


# --- subscriptions

$r = $t->legacy('initialize', { protocolVersion => '2025-11-25',
    capabilities => {}, clientInfo => { name => 'a', version => '1' } },
    as('admin', version => undef));
my $id = $r->header('Mcp-Session-Id');


sub in { my ($key) = @_;
         return (headers => { 'X-API-Key' => $key, 'Mcp-Session-Id' => $id }) }


sub stream {
    my ($key) = @_;
    my $s = MCPTest::Events->open($t, $t->http_bytes(method => 'GET',
        uri => '/mcp', headers => [ Accept => 'text/event-stream',
            'Mcp-Session-Id' => $id, 'X-API-Key' => $key ]));

    is($s->status, 200, "$key: a stream");
    $s->block;
    return $s;
}


sub publish {
    my (@uris) = @_;
    my @all = map { { method => 'notifications/resources/updated',
                      params => { uri => $_ } } } @uris;

    is($t->post(encode_json(\@all), uri => '/publish',
                headers => { 'Content-Type' => 'application/json' })->status,
       202, 'published');
    return;
}


refused_for($t->legacy('resources/subscribe', { uri => 'log:a' }, in('none')),
            'admin', 'to subscribe');
refused_for($t->legacy('resources/subscribe', { uri => 'doc:secret' },
                       in('none')), 'admin', 'where there is a template');
ok_result($t->legacy('resources/subscribe', { uri => $_ }, in('admin')),
          "with the scope: $_") for 'log:a', 'doc:open';

for (['admin', 'log:a doc:open'], ['none', 'doc:open']) {
    my ($key, $heard) = @$_;
    my $s = stream($key);

    publish('log:a');
    publish('doc:open');

    my @uris = map { $s->next->{params}{uri} } split / /, $heard;
    is("@uris", $heard, "$key: hears of what it sees, in the same session");
}

my $s = MCPTest::Events->open($t, $t->request_bytes('subscriptions/listen',
    { notifications => { resourceSubscriptions => [
        qw(log:a doc:secret doc:open) ] } }, as('none')));

is_deeply($s->next->{params}{notifications}{resourceSubscriptions},
          ['doc:open'], 'is told which of them are heard of');


# --- batches

sub batch {
    my ($uri, $key, @tools) = @_;
    my $n = 0;

    return $t->post(encode_json([ map { {
        jsonrpc => '2.0', id => ++$n, method => 'tools/call',
        params => { name => $_, arguments => $_ eq 'add'
            ? { a => 1, b => 2 } : { text => 'a' } } } } @tools ]),
        uri => $uri, headers => { 'Content-Type' => 'application/json',
            Accept => 'application/json, text/event-stream',
            'X-API-Key' => $key });
}


$r = batch('/mcp', 'none', ('echo') x 20, 'add', ('echo') x 29);
is($r->status, 200, 'a batch of 50');
is(join(' ', map { $_->{error} ? $_->{id} : () } @{ $r->json }), '21',
   'one of them lacks a scope');
is(scalar(grep { $_->{result} } @{ $r->json }), 49, 'and the others do not');
is($r->header('WWW-Authenticate'), undef, 'what passes has no challenge');

is(batch('/limited', 'read', ('add') x 5)->status, 200,
   'a batch as large as a limit');
is(batch('/limited', 'read', ('echo') x 6)->status, 429,
   'each of a batch counts for its tool');
is(batch('/limited', 'none', 'echo')->status, 429,
   'also if the caller could not call it');


# --- who was refused is nobody, whatever else would be asked

is($t->call('echo', { text => 'a' }, as('wrong'))->status, 401,
   'an unknown key');
wait_until(sub { $t->slurp('who.log') =~ / 401$/m });

my @lines = grep { / 401$/ } split /\n/, $t->slurp('who.log');

is($lines[0], '/mcp   401', 'is no guest either');


# --- the same view for the same sight

sub views {
    my $log = $t->slurp('debug.log');
    return scalar(() = $log =~ /mcp view made/g);
}


my $before = views();
my %seen;

for my $key (@same, @same, 'differs') {
    $r = $t->rpc('tools/list', {}, as($key));
    $seen{ join ' ', map { $_->{name} } @{ $r->result->{tools} } }++;
}

cmp_ok(scalar keys %seen, '<=', 2, 'patterns select');

SKIP: {
    skip('more than one worker, or no debugging', 1)
        if ($ENV{TEST_WORKERS} || 1) > 1 || !$before;

    is(views() - $before, 2, 'keys with the same patterns share a view');
}


# --- pages of a view, which each revision has for itself

my %names;

for my $era (qw(rpc legacy rpc)) {
    for my $key (qw(none read)) {
        my ($cursor, $pages, @names) = (undef, 0);

        do {
            my $r = $t->$era('tools/list', { $cursor ? (cursor => $cursor)
                                                     : () },
                             as($key, uri => '/pages'));
            push @names, map { $_->{name} } @{ $r->result->{tools} };
            $cursor = $r->result->{nextCursor};
        } while ($cursor && ++$pages < 100);

        $names{$key} //= "@names";
        is("@names", $names{$key}, "$era: pages of $key");
        cmp_ok($pages, '>', 2, "$era: several");
    }
}

is($names{read} =~ s/\badd //r, $names{none}, 'one sees more');
ok_error($t->rpc('tools/list', { cursor => 'x' }, as('none', uri => '/pages')),
         200, -32602, 'a cursor of nowhere');


# --- more callers than views; a stream keeps its own

sub prompts {
    my ($n) = @_;
    my $scope = join ' ', map { $n & 1 << $_ ? "s$_" : () } 0 .. 7;
    my $r = $t->rpc('prompts/list', {}, uri => '/many',
                    headers => { 'X-Scope' => $scope });

    return join ' ', map { $_->{name} } @{ $r->result->{prompts} };
}


my %wrong;

for my $n (0 .. 255, 255, 3, 0) {
    my $expected = join ' ', $n == 255 ? 'p' : (),
                   map { $n & 1 << $_ ? "p$_" : () } 0 .. 7;

    $wrong{$n} = prompts($n) if prompts($n) ne $expected;
}

is_deeply(\%wrong, {}, '256 callers with scopes of their own, one after another');

publish('doc:open');
is($s->next->{params}{uri}, 'doc:open', 'and who listened hears still');

finish();
