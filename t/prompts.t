#!/usr/bin/perl

# prompts/list and prompts/get of modules.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Tools;

my @versions = qw(2024-11-05 2025-03-26 2025-06-18 2025-11-25);

my $t = MCPTest->new(
    modules  => [probe_offers()],
    http     => "log_format name '\$mcp_method|\$mcp_name|\$mcp_error';",
    location => <<'EOC', server => <<'EOC')->start;
        mcp;
        mcp_tools offers;
        access_log %%DIR%%/name.log name;
EOC
    location = /paged  { mcp; mcp_tools offers; mcp_page_size 1; }
EOC

my ($r, $result);


sub get {
    my ($name, $args, @more) = @_;
    return $t->rpc('prompts/get', { name => $name,
                                    $args ? (arguments => $args) : () }, @more);
}


# prompts/list

$r = $t->rpc('prompts/list');
ok_result($r, 'prompts/list');
is($r->result->{resultType}, 'complete', 'resultType');
is($r->result->{ttlMs}, 300000, 'ttlMs');
is($r->result->{cacheScope}, 'private', 'cacheScope');
is_deeply($r->result->{prompts}, [
    { name => 'talk', title => 'All "contents"',
      description => 'Has messages of every kind.',
      icons => [{ src => 'https://example.com/talk.png' }] },
    { name => 'greet', description => 'Greets.', arguments => [
        { name => 'name', title => 'Name', description => 'Whom to greet.',
          required => true },
        { name => 'language' }, { name => 'count' } ] },
], 'prompts');

for my $version (@versions) {
    $r = $t->legacy('prompts/list', {}, version => $version);
    ok_result($r, "$version: prompts/list");
    is(join(' ', keys %{ $r->result }), 'prompts', "$version: nothing modern");
    is(join(' ', sort keys %{ $r->result->{prompts}[0] }), join(' ', sort
        qw(name description), $version ge '2025-06-18' ? 'title' : (),
        $version ge '2025-11-25' ? 'icons' : ()),
       "$version: words of the revision");
    is(exists $r->result->{prompts}[1]{arguments}[0]{title},
       $version ge '2025-06-18', "$version: title of an argument");
}

$r = $t->rpc('prompts/list', {}, uri => '/paged');
is(scalar @{ $r->result->{prompts} }, 1, 'a page');
$r = $t->rpc('prompts/list', { cursor => $r->result->{nextCursor} },
             uri => '/paged');
is($r->result->{prompts}[0]{name}, 'greet', 'the next page');
ok(!exists $r->result->{nextCursor}, 'is the last');
ok_error($t->rpc('prompts/list', { cursor => 'x' }), 200, -32602,
         'a cursor that is none');


# prompts/get

$r = get('talk');
ok_result($r, 'prompts/get');
is($r->result->{resultType}, 'complete', 'resultType');
ok(!exists $r->result->{ttlMs}, 'no ttlMs');
is($r->result->{description}, 'Has messages of every kind.', 'description');

my @messages = (
    [user => { type => 'text', text => 'Begin.' }],
    [assistant => { type => 'image', data => 'AP8Q', mimeType => 'image/png',
                    annotations => { audience => ['user'],
                                     priority => 0.25 } }],
    [assistant => { type => 'audio', data => 'AP8Q',
                    mimeType => 'audio/wav' }],
    [user => { type => 'resource', resource => { uri => 'a:text',
                                                 text => 't' } }],
    [user => { type => 'resource', resource => { uri => 'a:blob',
                                                 mimeType => 'a/b',
                                                 blob => 'AP8Q' } }],
    [user => { type => 'resource_link', uri => 'a:b', name => 'link',
               title => 'A link', mimeType => 'a/b', size => 7 }],
    [user => { type => 'text', text => '{}' }],
);

is_deeply($r->result->{messages},
          [map { { role => $_->[0], content => $_->[1] } } @messages],
          'messages of every kind');

for my $version (@versions) {
    $r = $t->legacy('prompts/get', { name => 'talk' }, version => $version);
    ok_result($r, "$version: prompts/get");
    is(join(' ', sort keys %{ $r->result }), 'description messages',
       "$version: nothing modern");
    is(join(' ', map { $_->{content}{type} } @{ $r->result->{messages} }),
       join(' ', 'text image', $version ge '2025-03-26' ? 'audio' : 'resource',
            'resource resource',
            $version ge '2025-06-18' ? 'resource_link' : 'text', 'text'),
       "$version: words of the revision");
}

# arguments

$r = get('greet', { name => "\x{1f600}\"", language => '', more => 'x' });
ok_result($r, 'arguments');
is_deeply(JSON::PP->new->decode($r->result->{messages}[0]{content}{text}),
          { name => "\x{1f600}\"", language => '', more => 'x' },
          'come to the handler');

$r = get('greet', { language => 'x' });
ok_error($r, 200, -32602, 'a required argument that is missing');
like($r->error->{message}, qr/"greet" needs the argument "name"/, 'which');
ok_error(get('greet'), 200, -32602, 'no arguments at all');
ok_error($t->legacy('prompts/get', { name => 'greet' }), 200, -32602,
         'legacy: no arguments at all');
ok_error(get('greet', { name => 1 }), 200, -32602, 'a number');
ok_error(get('greet', { name => 'a', language => undef }), 200, -32602,
         'a null');
ok_error(get('greet', ['a']), 200, -32602, 'an array');

# what goes wrong

$r = get('greet', { name => 'nobody' });
ok_error($r, 200, -32602, 'an error of the caller');
is($r->error->{message}, 'greet somebody, not nobody', 'says what to do');
ok_error(get('greet', { name => 'fail' }), 200, -32603, 'of the handler');
ok_error(get('greet', { name => 'decline' }), 200, -32603,
         'a prompt cannot be absent');
$t->wait_log(qr/mcp prompt "greet" failed/);

$r = get('nothing');
ok_error($r, 200, -32602, 'an unknown prompt');
is($r->error->{message}, 'Unknown prompt: nothing', 'which');
ok_error($t->legacy('prompts/get', { name => 'no' }), 200, -32602,
         'legacy: an unknown prompt');
ok_error($t->rpc('prompts/get', { name => 1 },
                 headers => { 'Mcp-Name' => undef }), 200, -32602,
         'the name is no string');
ok_error(get('talk', undef, headers => { 'Mcp-Name' => 'greet' }), 400, -32020,
         'Mcp-Name is another');
ok_error(get('talk', undef, headers => { 'Mcp-Name' => undef }), 400, -32020,
         'Mcp-Name is not there');

my $log = $t->slurp('name.log');

like($log, qr{^prompts/get\|talk\|$}m, 'the log of a prompt');
like($log, qr{^prompts/get\|nothing\|params$}m, 'of one that is not there');

finish();
