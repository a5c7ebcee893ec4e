#!/usr/bin/perl

# The modern era: server/discover, tools/list, tools/call and their errors.
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
    location => 'mcp; mcp_tools demo probe; mcp_server acme 1.4.0;',
)->start;

my $server = 'io.modelcontextprotocol/serverInfo';
my ($r, $result);


# server/discover

$r = $t->rpc('server/discover');
$result = $r->result;

ok_result($r, 'server/discover');
is($result->{resultType}, 'complete', 'discover: resultType');
ok((grep { $_ eq '2026-07-28' } @{ $result->{supportedVersions} }),
   'discover: supportedVersions');
is(ref $result->{capabilities}{tools}, 'HASH', 'discover: tools');
is(join(' ', sort keys %{ $result->{capabilities} }), 'logging tools',
   'discover: no capability that is not there');
is($result->{_meta}{$server}{name}, 'acme', 'discover: name of the server');
is($result->{_meta}{$server}{version}, '1.4.0', 'discover: its version');
is($result->{ttlMs}, 300000, 'discover: ttlMs');
is($result->{cacheScope}, 'private', 'discover: cacheScope');
ok(!exists $result->{instructions}, 'discover: no instructions by default');


# tools/list

$r = $t->rpc('tools/list');
$result = $r->result;

my %tool = map { $_->{name} => $_ } @{ $result->{tools} };

ok_result($r, 'tools/list');
is($result->{resultType}, 'complete', 'list: resultType');
is($result->{_meta}{$server}{name}, 'acme', 'list: name of the server');
is($result->{ttlMs}, 300000, 'list: ttlMs');
is($result->{cacheScope}, 'private', 'list: cacheScope');
ok(!exists $result->{nextCursor}, 'list: all on one page');
is(join(' ', map { $_->{name} } @{ $result->{tools} }[0 .. 2]),
   'add echo probe_content', 'list: in order of configuration');

is($tool{add}{inputSchema}{type}, 'object', 'list: inputSchema');
is($tool{add}{outputSchema}{type}, 'object', 'list: outputSchema');
ok(length $tool{add}{description}, 'list: description');
is($tool{probe_content}{title}, 'All contents', 'list: title');
is($tool{probe_content}{icons}[0]{src}, 'https://example.com/probe.png',
   'list: icons');
ok(!exists $tool{probe_arguments}{title}, 'list: no title that is not there');
ok(!exists $tool{probe_arguments}{icons}, 'list: no icons either');
ok(!exists $tool{echo}{outputSchema}, 'list: nor outputSchema');
is($tool{probe_array}{outputSchema}{type}, 'array',
   'list: an output schema need not be of an object');
like($r->body, qr/"x-mcp-header":"Region"/, 'list: schemas as written');

is_deeply($tool{probe_content}{annotations},
          { readOnlyHint => true, openWorldHint => true,
            map { exists $tool{probe_content}{annotations}{$_}
                  ? ($_ => false) : () } qw(destructiveHint idempotentHint) },
          'list: annotations of what is set');
is($tool{probe_arguments}{annotations}{destructiveHint}, true,
   'list: destructiveHint');
is($tool{probe_arguments}{annotations}{idempotentHint}, true,
   'list: idempotentHint');
is($t->rpc('tools/list')->body, $r->body, 'list: the same again');


# tools/call

$r = $t->call('add', { a => 2, b => 3.5 });
$result = $r->result;

ok_result($r, 'tools/call');
is($result->{resultType}, 'complete', 'call: resultType');
is($result->{_meta}{$server}{name}, 'acme', 'call: name of the server');
is_deeply($result->{structuredContent}, { sum => 5.5 },
          'call: structuredContent');
is($result->{content}[0]{type}, 'text', 'call: text too');
is_deeply(JSON::PP::decode_json($r->text), { sum => 5.5 },
          'call: which is the same value');
ok(!exists $result->{ttlMs}, 'call: nothing about caching');

$r = $t->call('echo', { text => "h\x{e9}llo \x{1f600} \"\\\n\x{1}" });
ok_result($r, 'call: echo');
is($r->text, "h\x{e9}llo \x{1f600} \"\\\n\x{1}", 'call: text comes back');
ok(!exists $r->result->{structuredContent}, 'call: without structuredContent');

$r = $t->call('probe_content');
$result = $r->result->{content};
ok_result($r, 'call: contents of all kinds');
is(join(' ', map { $_->{type} } @$result),
   'text image audio resource_link resource resource', 'call: in order');
is($result->[0]{text}, "a\nb\t\"\\", 'call: text');
is_deeply($result->[0]{annotations}, { audience => ['user'], priority => 0.5 },
          'call: annotations of content');
ok(!exists $result->[1]{annotations}, 'call: of one item only');
is_deeply($result->[1], { type => 'image', data => 'AAEC',
                          mimeType => 'image/png' }, 'call: image');
is_deeply($result->[2], { type => 'audio', data => 'AAE=',
                          mimeType => 'audio/wav' }, 'call: audio');
is_deeply($result->[3], { type => 'resource_link', uri => 'file:///a%20b',
                          name => 'link', title => 'A "link"',
                          mimeType => 'text/plain', size => 12 },
          'call: resource_link');
is_deeply($result->[4], { type => 'resource',
                          resource => { uri => 'test://t', text => 't' } },
          'call: embedded text');
is_deeply($result->[5], { type => 'resource',
                          resource => { uri => 'test://b', mimeType => 'x/y',
                                        blob => 'Yg==' } },
          'call: embedded blob');

$r = $t->call('probe_array');
ok_result($r, 'call: a structured result need not be an object');
is_deeply($r->result->{structuredContent}, [1, 2, 3], 'call: an array');

$r = $t->call('probe_error');
ok_tool_error($r, qr/^try "again" 2 times$/, 'call: an error of the tool');
is(scalar @{ $r->result->{content} }, 1, 'call: what was added is dropped');
is($r->result->{resultType}, 'complete', 'call: it is a complete result');

ok_error($t->call('probe_fail'), 200, -32603, 'call: a tool that fails');
ok_error($t->call('probe_output', { n => 'x' }), 200, -32603,
         'call: a tool that breaks its output schema');
ok_error($t->call('probe_output', { none => 1 }), 200, -32603,
         'call: a tool that owes a structured result');
ok_result($t->call('probe_output', { n => 1 }),
          'call: a tool that keeps its output schema');
ok($t->wait_log(qr/\[error\].*probe_output/),
   'call: the broken contract is logged');


# errors

my $add = { name => 'add', arguments => { a => 1, b => 2 } };

ok_error($t->call('nope'), 200, -32602, 'an unknown tool');
ok_error($t->call('ADD', { a => 1, b => 2 }), 200, -32602,
         'names of tools are case sensitive');
ok_error($t->rpc('tools/call', {}), [200, 400], -32602, 'a call of no tool');
ok_error($t->rpc('tools/call', { name => 'add', arguments => [1, 2] }),
         [200, 400], -32602, 'arguments that are not an object');
ok_error($t->rpc('tools/call', { name => 'add', arguments => undef }),
         [200, 400], -32602, 'arguments that are null');
ok_result($t->rpc('tools/call', { %$add, other => 1 }),
          'unknown params are ignored');

for my $method (qw(initialize ping logging/setLevel resources/subscribe
                   resources/unsubscribe unknown/method prompts/list
                   Tools/list tools/list/ rpc.discover), 'a' x 3000)
{
    my $name = length $method > 40 ? 'of 3,000 bytes' : $method;

    ok_error($t->rpc($method), 404, -32601, "unknown method $name");
}

ok_accepted($t->rpc('notifications/cancelled', { requestId => 1 },
                    id => undef), 'a notification');
ok_accepted($t->rpc('notifications/nope', {}, id => undef),
            'an unknown notification');
ok_accepted($t->rpc('tools/call', $add, id => undef),
            'a call without an id is a notification');

is($t->rpc('notifications/x', {}, id => undef, version => 'v9')->status, 400,
   'a notification of an unknown version');
is($t->rpc('notifications/x', {}, id => undef, headers =>
           { 'MCP-Protocol-Version' => '2025-11-25' })->status, 400,
   'a notification of two versions');

$r = $t->rpc('x', {}, body => '{"jsonrpc":"2.0","id":1,"result":{}}');
is($r->status, 400, 'a response of the client is refused');


# _meta

$r = $t->rpc('server/discover', {}, meta => undef);
ok_error($r, 400, -32602, '_meta is missing');
is($r->id, 1, 'the id is echoed');
ok_error($t->rpc('server/discover', {}, body =>
                 '{"jsonrpc":"2.0","id":1,"method":"server/discover"}'),
         400, -32602, 'params are missing');
ok_error($t->rpc('server/discover', { _meta => [] }), 400, -32602,
         '_meta is an array');
ok_error($t->rpc('server/discover', {}, meta => { protocolVersion => undef }),
         400, -32602, 'protocolVersion is missing');
ok_error($t->rpc('server/discover', {}, meta => { protocolVersion => 1 }),
         400, -32602, 'protocolVersion is a number');
ok_error($t->rpc('server/discover', {},
                 meta => { clientCapabilities => undef }),
         400, -32602, 'clientCapabilities is missing');
ok_error($t->rpc('server/discover', {},
                 meta => { clientCapabilities => [] }),
         400, -32602, 'clientCapabilities is an array');
ok_result($t->rpc('server/discover', {}, meta => { clientInfo => undef }),
          'clientInfo may be missing');
ok_result($t->rpc('server/discover', {},
                  meta => { 'example.com/trace' => { a => [1] } }),
          'unknown members of _meta are ignored');


# versions

$r = $t->rpc('server/discover', {}, version => 'v999.0.0');
ok_error($r, 400, -32022, 'an unknown version');
is($r->data->{requested}, 'v999.0.0', 'it is named');
is_deeply([sort @{ $r->data->{supported} }],
          [sort @{ $t->rpc('server/discover')->result->{supportedVersions} }],
          'so are the supported ones');
ok_error($t->rpc('server/discover', {}, version => ''), 400, -32022,
         'an empty version');
ok_error($t->rpc('server/discover', {}, version => '2026-07-28 '),
         400, -32020, 'a version with a space in the body only');
is($t->rpc('server/discover', {}, version => 'v' x 4000)->code, -32022,
   'a version of 4,000 bytes');


# capabilities

$r = $t->call('probe_needs', { x => 1 });
ok_error($r, 400, -32021, 'a capability that was not declared');
is(join(' ', sort keys %{ $r->data->{requiredCapabilities} }),
   'roots sampling', 'they are named');
is(ref $r->data->{requiredCapabilities}{sampling}, 'HASH', 'as objects');
ok_error($t->call('probe_needs', { x => 1 },
                  meta => { clientCapabilities => { sampling => {} } }),
         400, -32021, 'one of two capabilities');
ok_result($t->call('probe_needs', { x => 1 }, meta =>
                   { clientCapabilities => { sampling => {}, roots => {} } }),
          'both capabilities');
ok_error($t->call('probe_needs', { x => 1 }, meta =>
                  { clientCapabilities => { sampling => undef,
                                            roots => false } }),
         400, -32021, 'null and false declare nothing');


# The order of the checks: of two faults in one request the first one in this
# list is answered. A fault changes the options of the request.

my @faults = (
    ['Origin', 403, undef, '',
     sub { $_[0]{headers}{Origin} = 'http://evil.example.com' }],
    ['the body', 400, -32700, '', sub { $_[0]{body} = '{' }],
    ['MCP-Protocol-Version', 400, -32020, qr/MCP-Protocol-Version/i,
     sub { $_[0]{headers}{'MCP-Protocol-Version'} = '2025-11-25' }],
    ['_meta', 400, -32602, qr/clientCapabilities/,
     sub { $_[0]{meta}{clientCapabilities} = undef }],
    ['the version', 400, -32022, '', sub { $_[0]{version} = 'v999' }],
    ['Mcp-Method', 400, -32020, qr/Mcp-Method/i,
     sub { $_[0]{headers}{'Mcp-Method'} = 'tools/list' }],
    ['Mcp-Name', 400, -32020, qr/Mcp-Name/i,
     sub { $_[0]{headers}{'Mcp-Name'} = 'nope' }],
    ['Mcp-Param', 400, -32020, qr/Mcp-Param-Region/i,
     sub { $_[0]{tool} = 'probe_headers';
           $_[0]{headers}{'Mcp-Param-Region'} = 'nope' }],
    ['the method', 404, -32601, '', sub { $_[0]{rpc} = 'tools/nope' }],
    ['a capability', 400, -32021, '',
     sub { $_[0]{tool} = 'probe_needs';
           $_[0]{meta}{clientCapabilities} //= {}
               if !exists $_[0]{meta}{clientCapabilities} }],
    ['an argument', 200, undef, '', sub { $_[0]{tool} ||= 'add' }],
);

# these need different tools, or no tool at all
my %clash = map { $_ => 1 } ('Mcp-Name-the method', 'Mcp-Param-the method',
    'Mcp-Param-a capability', 'Mcp-Param-an argument',
    'the method-a capability', 'the method-an argument');

for my $i (0 .. $#faults) {
    for my $j ($i + 1 .. $#faults) {
        my ($first, $second) = @faults[$i, $j];

        next if $clash{"$first->[0]-$second->[0]"};

        my %o;
        $_->[4]->(\%o) for $second, $first;

        my $method = delete $o{rpc} || 'tools/call';
        my $tool = delete $o{tool} || 'echo';
        my $r = $t->rpc($method, { name => $tool,
                                   arguments => { region => 'x' } }, %o);
        my ($name, $status, $code, $re) = @$first;

        ok($r->status == $status
           && (!defined $code || ($r->code // '') eq $code)
           && ($re eq '' || $r->error->{message} =~ $re),
           "$name is checked before $second->[0]")
            or diag($r->status . ' ' . $r->body);
    }
}

finish();
