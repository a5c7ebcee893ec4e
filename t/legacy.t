#!/usr/bin/perl

# The legacy era: the handshake and four revisions, batches, ping.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;

my $t = MCPTest->new(
    modules => [probe_tools()],
    location => 'mcp; mcp_sessions off; mcp_tools demo probe; mcp_server acme 1.4.0 title=Acme '
                . 'website=https://example.com icon=https://example.com/i.png;'
                . 'mcp_instructions "Be brief.";',
)->start;

my @revisions = qw(2024-11-05 2025-03-26 2025-06-18 2025-11-25);
my $newest = $revisions[-1];
my ($r, $result);


sub initialize {
    my ($version, %o) = @_;
    return $t->legacy('initialize', {
        protocolVersion => $version,
        capabilities => {},
        clientInfo => { name => 'old', version => '1' },
    }, version => undef, %o);
}


sub member {
    my ($method, $params, $id) = @_;
    return { jsonrpc => '2.0', method => $method,
             defined $params ? (params => $params) : (),
             defined $id ? (id => $id) : () };
}


sub batch {
    my ($list, %o) = @_;
    return $t->legacy('', {}, version => '2025-03-26', %o,
                      body => encode_json_text($list));
}


# the same in all revisions

for my $version (@revisions) {
    my @version = (version => $version);
    my $since = sub { $version ge $_[0] ? 1 : 0 };

    $r = initialize($version);
    $result = $r->result;

    ok_result($r, "$version: initialize");
    is($result->{protocolVersion}, $version, "$version: is agreed on");
    is(ref $result->{capabilities}{tools}, 'HASH', "$version: has tools");
    is($result->{instructions}, 'Be brief.', "$version: instructions");
    is($result->{serverInfo}{name}, 'acme', "$version: name of the server");
    is($result->{serverInfo}{version}, '1.4.0', "$version: its version");
    is(exists $result->{serverInfo}{title} ? 1 : 0, $since->('2025-06-18'),
       "$version: its title");
    is(exists $result->{serverInfo}{icons} ? 1 : 0, $since->('2025-11-25'),
       "$version: its icons");
    is(exists $result->{serverInfo}{websiteUrl} ? 1 : 0,
       $since->('2025-11-25'), "$version: its website");
    is(scalar $r->headers('Mcp-Session-Id'), 0, "$version: no session");

    ok_accepted($t->legacy('notifications/initialized', undef, id => undef,
                           @version), "$version: notifications/initialized");
    ok_accepted($t->legacy('notifications/cancelled', { requestId => 9 },
                           id => undef, @version),
                "$version: notifications/cancelled");
    ok_accepted($t->legacy('notifications/nope', undef, id => undef, @version),
                "$version: an unknown notification");
    ok_accepted($t->legacy('', {}, @version,
                           body => '{"jsonrpc":"2.0","id":1,"result":{}}'),
                "$version: a response of the client");
    ok_accepted($t->legacy('', {}, @version, body => '{"jsonrpc":"2.0",'
                           . '"id":1,"error":{"code":-1,"message":"no"}}'),
                "$version: an error of the client");

    $r = $t->legacy('ping', undef, @version);
    ok_result($r, "$version: ping");
    is_deeply($r->result, {}, "$version: has an empty result");

    $r = $t->legacy('tools/list', undef, @version);
    $result = $r->result;
    ok_result($r, "$version: tools/list");
    is(join(' ', grep { $_ ne 'tools' } keys %$result), '',
       "$version: with tools and nothing else");

    my %tool = map { $_->{name} => $_ } @{ $result->{tools} };

    is(exists $tool{add}{title} ? 1 : 0, $since->('2025-06-18'),
       "$version: title of a tool");
    is(exists $tool{add}{outputSchema} ? 1 : 0, $since->('2025-06-18'),
       "$version: outputSchema");
    is(exists $tool{add}{annotations} ? 1 : 0, $since->('2025-03-26'),
       "$version: annotations");
    is(exists $tool{probe_content}{icons} ? 1 : 0, $since->('2025-11-25'),
       "$version: icons of a tool");
    ok(!exists $tool{probe_array}{outputSchema},
       "$version: no outputSchema of an array");

    $r = $t->legacy_call('add', { a => 1, b => 2 }, @version);
    $result = $r->result;
    ok_result($r, "$version: tools/call");
    is(join(' ', sort grep { $_ ne 'isError' } keys %$result),
       $since->('2025-06-18') ? 'content structuredContent' : 'content',
       "$version: with content and nothing else");
    like($r->text, qr/^\{"sum":3\}$/, "$version: the result as text");

    $r = $t->legacy_call('probe_array', {}, @version);
    ok(!exists $r->result->{structuredContent},
       "$version: no structuredContent that is an array");

    $r = $t->legacy_call('probe_content', {}, @version);
    my @types = map { $_->{type} } @{ $r->result->{content} };
    is(scalar(grep { $_ eq 'resource_link' } @types), $since->('2025-06-18'),
       "$version: resource_link");
    is(scalar(grep { $_ eq 'audio' } @types), $since->('2025-03-26'),
       "$version: audio");
    is(scalar(grep { $_ eq 'image' } @types), 1, "$version: image");

    ok_error($t->legacy('nope', {}, @version), 200, -32601,
             "$version: an unknown method");
    ok_error($t->legacy('server/discover', {}, @version), 200, -32601,
             "$version: server/discover is of the other era");
    ok_error($t->legacy_call('nope', {}, @version), 200, -32602,
             "$version: an unknown tool");
    ok_error($t->legacy('tools/list', { cursor => 'nope' }, @version),
             200, -32602, "$version: a bad cursor");
    ok_error($t->legacy_call('probe_fail', {}, @version), 200, -32603,
             "$version: a tool that fails");
    ok_error($t->legacy_call('probe_needs', { x => 1 }, @version), 200, -32021,
             "$version: nothing is known of what the client can");
    ok_tool_error($t->legacy_call('probe_error', {}, @version), qr/again/,
                  "$version: an error of a tool");
    ok_tool_error($t->legacy_call('add', { a => 1 }, @version), qr/b/,
                  "$version: a missing argument");
    ok_result($t->legacy_call('probe_arguments', undef, @version),
              "$version: arguments may be absent");
    ok_result($t->legacy('tools/list', { _meta => { progressToken => 1 },
                                         other => [1] }, @version),
              "$version: _meta and unknown params are ignored");
    ok_error($t->legacy('', {}, @version, body => '{"jsonrpc":"2.0",'
                        . '"id":1,"method":"tools/list","params":[]}'),
             400, -32600, "$version: params are no array");
    ok_error($t->legacy('', {}, @version, body => '{"id":1,"method":"ping"}'),
             400, -32600, "$version: not a message");
}


# negotiation

is(initialize('2999-01-01')->result->{protocolVersion}, $newest,
   'an unknown version is answered with the newest one');
is(initialize('2026-07-28')->result->{protocolVersion}, $newest,
   'so is the modern one');
is(initialize('')->result->{protocolVersion}, $newest, 'and an empty one');
is(initialize('2024-11-05', version => '2025-11-25')->result->{protocolVersion},
   '2024-11-05', 'the body counts, not the header');
ok_error($t->legacy('initialize', {}, version => undef), 200, -32602,
         'initialize without a version');
ok_error($t->legacy('initialize', { protocolVersion => 1 }, version => undef),
         200, -32602, 'initialize with a version that is a number');
ok_result($t->legacy('initialize', { protocolVersion => $newest },
                     version => undef),
          'initialize without clientInfo and capabilities');


# a missing header means 2025-03-26

$r = $t->legacy('tools/list', undef, version => undef);
ok_result($r, 'no header');
ok(!exists $r->result->{tools}[0]{title}, 'no header: no title');
ok(exists $r->result->{tools}[0]{annotations}, 'no header: annotations');
$r = batch([member('ping', undef, 1)], version => undef);
is(ref $r->json, 'ARRAY', 'no header: batches');
is($t->legacy('tools/list', undef, headers =>
              { 'MCP-Protocol-Version' => ['2025-06-18', '2025-11-25'] })
     ->status, 400, 'two headers are refused');
is($t->legacy('tools/list', undef, version => '2025-06-17')->status, 400,
   'a version that never was');
ok_result($t->legacy('tools/list', undef, headers =>
                     { 'MCP-Protocol-Version' => "\t2025-11-25 " }),
          'spaces and tabs around the version');


# what decides on the era

ok_error($t->legacy('ping', undef, version => '2026-07-28'), 400, -32602,
         'the modern header makes a request modern');
ok_error($t->rpc('ping', {}, headers => { 'MCP-Protocol-Version' => undef }),
         400, -32020, 'so does _meta, even without the header');
ok_error($t->rpc('ping', {}, headers =>
                 { 'MCP-Protocol-Version' => '2025-11-25' }),
         400, -32020, 'or with the header of another era');


# batches

$r = batch([member('ping', undef, 1), member('notifications/initialized'),
            member('tools/call', { name => 'add',
                                   arguments => { a => 1, b => 2 } }, 'x'),
            member('nope', undef, 2),
            member('tools/list', { cursor => 'bad' }, 3)]);

is($r->status, 200, 'a batch');
is($r->header('Content-Type'), 'application/json', 'batch: content type');
is(ref $r->json, 'ARRAY', 'batch: is answered with an array');
is(join(' ', map { $_->{id} } @{ $r->json || [] }), '1 x 2 3',
   'batch: all requests are answered, in order');
is_deeply($r->json->[0]{result}, {}, 'batch: ping');
is($r->json->[1]{result}{content}[0]{text}, '{"sum":3}', 'batch: a call');
is($r->json->[2]{error}{code}, -32601, 'batch: an unknown method');
is($r->json->[3]{error}{code}, -32602, 'batch: a bad cursor');
unlike($r->body, qr/\n/, 'batch: one line');
is($r->header('Content-Length'), length $r->body, 'batch: content length');

ok_accepted(batch([member('notifications/initialized')]),
            'batch: of a notification');
ok_accepted(batch([member('notifications/a'), { jsonrpc => '2.0', id => 1,
                                                result => {} }]),
            'batch: of a notification and a response');
ok_accepted(batch([member('notifications/a', { _meta => {
                'io.modelcontextprotocol/protocolVersion' => '2026-07-28' }
            })]), 'batch: of a notification that is not of this era');
ok_error(batch([]), 400, -32600, 'batch: empty');

$r = batch([map { member('ping', undef, $_) } 1 .. 50]);
is($r->status, 200, 'batch: of 50');
is(scalar @{ $r->json || [] }, 50, 'batch: 50 answers');
ok_error(batch([map { member('ping', undef, $_) } 1 .. 51]), 400, -32600,
         'batch: of 51');

$r = batch([1, member('ping', undef, 7), [member('ping', undef, 8)], {},
            member('ping', [], 9)]);
is($r->status, 200, 'batch: some members are no messages');
is(join(' ', map { $_->{error} ? $_->{error}{code} : 'ok' }
             @{ $r->json || [] }),
   '-32600 ok -32600 -32600 -32600', 'batch: those get errors');
ok(!(grep { exists $_->{id} && !defined $_->{id} } @{ $r->json || [] }),
   'batch: but no id that is null');

$r = batch([member('initialize', { protocolVersion => '2025-03-26' }, 1)]);
is(ref $r->json eq 'ARRAY' ? $r->json->[0]{error}{code} : $r->code, -32600,
   'batch: initialize must not be in one');
ok_error(batch([member('ping', undef, 1)], version => $_), 400, -32600,
         "batch: not in $_") for grep { $_ ne '2025-03-26' } @revisions;
ok_error($t->rpc('ping', {}, body => '[' . encode_json_text(
                 member('ping', {}, 1)) . ']'), 400, -32600,
         'batch: not in the modern era');


# other methods of HTTP

is($t->post(undef, method => 'GET')->status, 405, 'no stream on GET');
is($t->post(undef, method => 'DELETE', headers => { 'Mcp-Session-Id' => 'x' })
     ->status, 405, 'no session to DELETE');
ok_result($t->legacy('ping', undef, headers => { 'Mcp-Session-Id' => 'x' }),
          'a session id is ignored');

finish();
