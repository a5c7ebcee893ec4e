#!/usr/bin/perl

# mcp_resource: texts and files of the configuration as resources.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;

my $t = MCPTest->new(
    http => <<'EOC', server => <<'EOC', location => <<'EOC',
    types {
        text/markdown  md;
        image/png      png;
        text/x-secret  txt;
    }

    mcp_resource a:http { text "of http"; }
EOC
    mcp_resource a:server { text "of the server"; }

    location = /inherits { mcp; }
EOC
        mcp;

        mcp_resource docs://guide/start {
            title       "How to start";
            description "Read this first.";
            icon        https://example.com/i.png;
            audience    assistant;
            priority    0.75;
            ttl         1m public;
            text        "# Start\n{not} a template";
        }

        mcp_resource a:named   { name n; text x; type a/b; }
        mcp_resource a:md      { file doc.md; }
        mcp_resource a:png     { file doc.png; }
        mcp_resource a:fake    { file fake.md; }
        mcp_resource a:odd     { file doc.odd; }
        mcp_resource a:oddbin  { file bin.odd; }
        mcp_resource a:json    { file doc.odd; type application/ld+json; }
        mcp_resource a:gone    { file gone.md; }
        mcp_resource a:grows   { file grows.md; max 10; }
        mcp_resource a:replaced { file replaced.md; }
        mcp_resource a:empty   { file empty.md; }
EOC
    files => {
        'doc.md'      => "# D\xc3\xb6c\n",
        'doc.png'     => "\x89PNG",
        'fake.md'     => "\xff\xfe",
        'doc.odd'     => '{}',
        'bin.odd'     => "a\0b",
        'gone.md'     => 'x',
        'grows.md'    => 'x' x 10,
        'replaced.md' => 'x',
        'empty.md'    => '',
    },
)->start;

my ($r, $result);


sub resource_read { return $t->rpc('resources/read', { uri => shift }, @_) }


$r = $t->rpc('resources/list');
ok_result($r, 'resources/list');
is_deeply([@{ $r->result->{resources} }[0 .. 2]], [
    { uri => 'docs://guide/start', name => 'start', title => 'How to start',
      description => 'Read this first.', mimeType => 'text/plain',
      icons => [{ src => 'https://example.com/i.png' }], size => 24,
      annotations => { audience => ['assistant'], priority => 0.75 } },
    { uri => 'a:named', name => 'n', mimeType => 'a/b', size => 1 },
    { uri => 'a:md', name => 'md' },
], 'as it is configured');
is_deeply($t->rpc('resources/templates/list')->result->{resourceTemplates},
          [], 'and no templates');
is_deeply($t->rpc('server/discover')->result->{capabilities},
          { logging => {}, tools => { listChanged => true },
            resources => { listChanged => true, subscribe => true } },
          'and no completion');
is_deeply([map { $_->{uri} } @{ $t->rpc('resources/list', {},
           uri => '/inherits')->result->{resources} }], ['a:server'],
          'inherited as other directives are');

$result = resource_read('docs://guide/start')->result;
is_deeply($result->{contents}, [
    { uri => 'docs://guide/start', mimeType => 'text/plain',
      text => "# Start\n{not} a template" } ], 'a text');
is($result->{ttlMs}, 60000, 'ttl');
is($result->{cacheScope}, 'public', 'its scope');

for (['a:md', 'text/markdown', text => "# D\x{f6}c\n"],
     ['a:png', 'image/png', blob => 'iVBORw=='],
     ['a:fake', 'text/markdown', blob => '//4='],
     ['a:odd', 'text/plain', text => '{}'],
     ['a:oddbin', 'application/octet-stream', blob => 'YQBi'],
     ['a:json', 'application/ld+json', text => '{}'],
     ['a:empty', 'text/markdown', text => ''])
{
    my ($uri, $type, $member, $value) = @$_;

    $r = resource_read($uri);
    ok_result($r, "$uri: read");
    is_deeply($r->result->{contents}, [{ uri => $uri, mimeType => $type,
                                         $member => $value }],
              "$uri: $type as $member");
}

# files change

$t->write_file('doc.md', 'new');
is(resource_read('a:md')->result->{contents}[0]{text}, 'new',
   'a file is read anew each time');

unlink $t->path('gone.md') or die;
$r = resource_read('a:gone');
ok_error($r, 200, -32602, 'a file that is gone');
is_deeply($r->error->{data}, { uri => 'a:gone' }, 'is not found');
ok_error($t->legacy('resources/read', { uri => 'a:gone' }), 200, -32002,
         'legacy: not found');

is(resource_read('a:grows')->result->{contents}[0]{text}, 'x' x 10,
   'a file as large as it may be');
$t->write_file('grows.md', 'x' x 11);
$r = resource_read('a:grows');
ok_error($r, 200, -32603, 'one byte more');
is($r->error->{message}, 'Resource too large: 11 bytes, up to 10 are served',
   'says so');

unlink $t->path('replaced.md') or die;
mkdir $t->path('replaced.md') or die;
ok_error(resource_read('a:replaced'), 200, -32602, 'a directory instead');
rmdir $t->path('replaced.md') or die;
system('mkfifo', $t->path('replaced.md')) == 0 or die;
ok_error(resource_read('a:replaced'), 200, -32602, 'a pipe instead');

$t->wait_log(qr/open\(\) "\S+gone.md" failed/);
$t->wait_log(qr/mcp file "\S+grows.md" of 11 bytes is larger than 10/);

finish();
