#!/usr/bin/perl

# resources/list, resources/templates/list and resources/read of modules.
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
    modules => [probe_offers()],
    http    => "log_format name '\$mcp_method|\$mcp_name|\$mcp_tool|\$mcp_error';",
    location => <<'EOC', server => <<'EOC')->start;
        mcp;
        mcp_tools offers;
        access_log %%DIR%%/name.log name;
EOC
    location = /bare   { mcp; }
    location = /paged  { mcp; mcp_tools offers; mcp_page_size 1; }
EOC

my ($r, $result);


sub resource_read { return $t->rpc('resources/read', { uri => shift }, @_) }
sub contents { return resource_read(@_)->result->{contents} }


# what is not there is not said to be there

is_deeply($t->rpc('server/discover')->result->{capabilities},
          { logging => {}, tools => { listChanged => true },
            resources => { listChanged => true, subscribe => true },
            prompts => { listChanged => true }, completions => {} },
          'capabilities');
is_deeply($t->rpc('server/discover', {}, uri => '/bare')
            ->result->{capabilities},
          { logging => {}, tools => { listChanged => true } },
          'of a bare endpoint');

for my $version (@versions) {
    my $caps = $t->legacy('initialize', { protocolVersion => $version,
                                          capabilities => {},
                                          clientInfo => { name => 'a',
                                                          version => 1 } },
                          version => undef)->result->{capabilities};

    is(join(' ', sort keys %$caps), $version eq '2024-11-05'
       ? 'logging prompts resources tools'
       : 'completions logging prompts resources tools',
       "$version: capabilities");
}

for my $method (qw(resources/list resources/templates/list resources/read
                   prompts/list prompts/get completion/complete))
{
    my %params = $method eq 'resources/read' ? (uri => 'a:b')
               : $method eq 'prompts/get' ? (name => 'a') : ();

    ok_error($t->rpc($method, \%params, uri => '/bare'), 404, -32601,
             "bare: $method");
    ok_error($t->legacy($method, \%params, uri => '/bare'), 200, -32601,
             "bare, legacy: $method");
}


# lists

$r = $t->rpc('resources/list');
ok_result($r, 'resources/list');
$result = $r->result;
is($result->{resultType}, 'complete', 'resultType');
is($result->{ttlMs}, 300000, 'ttlMs');
is($result->{cacheScope}, 'private', 'cacheScope');
ok($result->{_meta}, '_meta');
is_deeply($result->{resources}, [
    { uri => 'probe://text', name => 'text', title => 'A "text"',
      description => 'Says what it is.', mimeType => 'text/plain', size => 9,
      annotations => { audience => ['user', 'assistant'], priority => 0.5,
                       lastModified => '2026-01-02T03:04:05Z' },
      icons => [{ src => 'https://example.com/text.png' }] },
    { uri => 'probe://many', name => 'many' },
    { uri => 'probe://none', name => 'none',
      annotations => { audience => ['assistant'] } },
], 'resources');

$r = $t->rpc('resources/templates/list');
ok_result($r, 'resources/templates/list');
$result = $r->result;
is($result->{ttlMs}, 300000, 'ttlMs');
is_deeply($result->{resourceTemplates}, [
    { uriTemplate => 'probe://{table}/{id}{?fields,as}', name => 'row',
      title => 'A row', description => 'One row of a table.',
      mimeType => 'application/json', annotations => { priority => 1 } },
    { uriTemplate => 'outcome:{how}', name => 'outcome' },
], 'templates, without a size');

for my $version (@versions) {
    my $list = $t->legacy('resources/list', {}, version => $version);
    my $first = $list->result->{resources}[0];

    ok_result($list, "$version: resources/list");
    is(join(' ', sort keys %{ $list->result }), 'resources',
       "$version: nothing modern");
    is(join(' ', sort keys %$first), join(' ', sort
        qw(uri name description mimeType size annotations),
        $version ge '2025-06-18' ? 'title' : (),
        $version ge '2025-11-25' ? 'icons' : ()),
       "$version: words of the revision");
    is(exists $first->{annotations}{lastModified},
       $version ge '2025-06-18', "$version: lastModified");
}

for my $era (qw(rpc legacy)) {
    my ($cursor, @uris);

    for (1 .. 5) {
        $result = $t->$era('resources/list', $cursor ? { cursor => $cursor }
                                                     : {}, uri => '/paged')
                    ->result;
        push @uris, map { $_->{uri} } @{ $result->{resources} };
        $cursor = $result->{nextCursor} or last;
    }

    is("@uris", 'probe://text probe://many probe://none', "$era: pages");

    $result = $t->$era('resources/templates/list', {}, uri => '/paged')
                ->result;
    is(scalar @{ $result->{resourceTemplates} }, 1, "$era: of templates too");
    ok_error($t->$era('resources/list', { cursor => $result->{nextCursor} },
                      uri => '/paged'), 200, -32602,
             "$era: a cursor of another list");
}


# resources/read

$r = resource_read('probe://text');
ok_result($r, 'resources/read');
$result = $r->result;
is($result->{resultType}, 'complete', 'resultType');
is($result->{ttlMs}, 60000, 'ttlMs of the resource');
is($result->{cacheScope}, 'public', 'cacheScope of the resource');
ok($result->{_meta}, '_meta');
is_deeply($result->{contents}, [{ uri => 'probe://text',
                                  mimeType => 'text/plain',
                                  text => 'some text' }], 'a text');

$r = resource_read('probe://many');
is($r->result->{ttlMs}, 0, 'not to be kept unless somebody says so');
is($r->result->{cacheScope}, 'private', 'nor to be shared');
is_deeply($r->result->{contents}, [
    { uri => 'probe://many', text => 'first' },
    { uri => 'probe://second', mimeType => 'text/x-second', text => 'two' },
    { uri => 'probe://many', blob => 'AP8Q' },
    { uri => 'probe://fourth', mimeType => 'a/b', blob => 'AP8=' },
    { uri => 'probe://many', mimeType => 'image/png', blob => 'AA==' },
    { uri => 'probe://many', mimeType => 'audio/wav', blob => 'AA==' },
], 'several contents, of own URIs too');

for my $version (@versions) {
    $r = $t->legacy('resources/read', { uri => 'probe://many' },
                    version => $version);
    ok_result($r, "$version: resources/read");
    is(join(' ', keys %{ $r->result }), 'contents', "$version: nothing modern");
    is($r->result->{contents}[5]{blob}, 'AA==', "$version: all contents");
}

# a template

sub row {
    my ($uri) = @_;

    my $contents = contents($uri);
    is($contents->[0]{uri}, $uri, "$uri: contents of it");
    is($contents->[0]{mimeType}, 'application/json', "$uri: its type");
    return JSON::PP->new->decode($contents->[0]{text});
}

is_deeply(row('probe://orders/7'), { table => 'orders', id => '7' },
          'variables of a template');
is_deeply(row('probe://orders/7?as=x&fields=a%2Cb'),
          { table => 'orders', id => '7', fields => 'a,b', as => 'x' },
          'in a query');
is_deeply(row('probe://a%2Fb/%3F%22%C3%A9?as='),
          { table => 'a/b', id => "?\"\x{e9}", as => '' },
          'percent-encoded');

# what is not there

for my $uri ('probe://nothing', 'probe://a/b/c', 'probe://a/b?c=1', 'other:x',
             '', 'outcome:absent', 'outcome:', 'outcome:%00', 'outcome:%FF',
             "outcome:\x{e9}", 'PROBE://text', "outcome:x\n",
             'outcome:' . 'a' x 5000)
{
    my $name = length $uri > 60 ? 'a long one' : "\"$uri\"";
    my %headers = $uri =~ /^[\x21-\x7e]+\z/ ? () : (headers => {
        'Mcp-Name' => '=?base64?' . base64($uri) . '?=' });

    $name =~ s/([^ -~])/sprintf '\\x%02x', ord $1/ge;

    $r = resource_read($uri, %headers);
    ok_error($r, 200, -32602, "$name: not found");
    is_deeply($r->error->{data}, { uri => $uri }, "$name: which");

    $r = $t->legacy('resources/read', { uri => $uri });
    ok_error($r, 200, -32002, "$name: legacy");
    is_deeply($r->error->{data}, { uri => $uri }, "$name: legacy: which");
}

sub base64 {
    my ($text) = @_;
    utf8::encode($text);
    require MIME::Base64;
    return MIME::Base64::encode_base64($text, '');
}

is(contents('outcome:' . 'a' x 2000)->[0]{text}, 'outcome:' . 'a' x 2000,
   'a handler is told the URI');

# what goes wrong

$r = resource_read('outcome:error');
ok_error($r, 200, -32602, 'an error of the caller');
is($r->error->{message}, 'say "text" instead', 'says what to do');
ok(!exists $r->error->{data}, 'is none about a resource that is not there');

for my $uri (qw(probe://none outcome:link outcome:fail)) {
    ok_error(resource_read($uri), 200, -32603, "$uri: an error of the handler");
}

$t->wait_log(qr/mcp resource "probe:\/\/none" gave no contents/);
$t->wait_log(qr/mcp resource "outcome:\{how\}" failed/);

for my $uri (1, undef, { a => 1 }) {
    ok_error($t->rpc('resources/read', { uri => $uri },
                     headers => { 'Mcp-Name' => undef }), [200, 400],
             -32602, 'uri must be a string');
}

ok_error($t->rpc('resources/read', { uri => 'probe://text' },
                 headers => { 'Mcp-Name' => undef }), 400, -32020,
         'Mcp-Name must be there');
ok_error($t->rpc('resources/read', { uri => 'probe://text' },
                 headers => { 'Mcp-Name' => 'probe://many' }), 400, -32020,
         'Mcp-Name must be the URI');

# a batch, and the log

$r = $t->post('[' . join(',', map {
    "{\"jsonrpc\":\"2.0\",\"id\":$_,\"method\":\"resources/read\","
    . "\"params\":{\"uri\":\"outcome:$_\"}}" } 1 .. 3) . ']',
    headers => { 'MCP-Protocol-Version' => '2025-03-26' });
is_deeply([map { $_->{result}{contents}[0]{text} } @{ $r->json }],
          ['outcome:1', 'outcome:2', 'outcome:3'], 'a batch');

my $log = $t->slurp('name.log');

like($log, qr{^resources/read\|probe://text\|\|$}m, 'the log of a read');
like($log, qr{^resources/read\|other:x\|\|not_found$}m, 'of one not found');

finish();
