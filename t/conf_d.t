#!/usr/bin/perl

# The configurations of conf.d and the examples of README.md: all of them run.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;
use utf8;

use Digest::SHA qw(sha256_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Events;
use MCPTest::Token;
use File::Basename qw(basename);

my $root = MCPTest::root();

my $keys = sha256_hex('key') . " alice read,write\n"
           . sha256_hex('admin') . " root admin\n";
my $issuer = MCPTest::Token->new('ES256', kid => 'a');

plan(skip_all => 'no module ' . MCPTest::module()) if !-e MCPTest::module();


sub slurp {
    my ($file) = @_;

    open my $fh, '<:encoding(UTF-8)', $file or die "$file: $!";
    local $/;
    return scalar <$fh>;
}


# a whole configuration as it is, but for its place, port and log

sub run_conf {
    my ($text, $name) = @_;

    my $t = MCPTest->new(workers => 1, cert => 1);

    mkdir $t->path($_) or die $! for qw(build logs modules);
    symlink MCPTest::module(), $t->path("$_/ngx_http_mcp_module.so")
        or die $! for qw(build modules);

    symlink "$root/conf.d/$_", $t->path($_) or die $!
        for qw(docs openapi.yaml mcp-log.conf);

    ok($text =~ s{(listen +)127\.0\.0\.1:8080\b}{${1}127.0.0.1:%%PORT_0%%},
       "$name: its port");

    $text =~ s{\b127\.0\.0\.1:808([0-2])\b}{127.0.0.1:%%PORT_$1%%}g;
    $text =~ s{\b127\.0\.0\.1:8443\b}{127.0.0.1:%%PORT_3%%}g;
    $text =~ s{\.\./build/gateway\.crt;}{cert.pem;};
    $text =~ s{\.\./build/gateway\.key;}{key.pem;};
    $text =~ s/^(daemon|error_log|pid|worker_\w+) .*;\n//mg;
    $text =~ s{\.\./build/}{build/}g;
    $text =~ s/\A((?:#.*\n|\n)*load_module .*\n)/$1 . preface()/e;

    $t->write_file('nginx.conf', $text);
    $t->write_file('build/state.key', 'a' x 64);
    $t->write_file('build/mcp.keys', $keys);
    $t->write_file('build/jwks.json', MCPTest::Token::set($issuer));
    $t->start;

    return $t;
}


sub preface {
    return "daemon off;\nerror_log error.log info;\npid nginx.pid;\n"
           . ($> == 0 ? "user root;\n" : '');
}


# those with modules of their own have tests of their own, and a part of others
# runs with them

for my $conf (grep { basename($_) !~ /^(?:hello|later|ask|mcp-log)\.conf$/ }
              glob "$root/conf.d/*.conf")
{
    my $name = basename $conf;
    my $t = run_conf(slurp($conf), $name);
    my @o = $name =~ /^(?:keys|gateway)\.conf$/ ? (headers => { 'X-API-Key' => 'key' })
            : $name eq 'oauth.conf' ? (headers => { Authorization => bearer($t) })
            : ();

    ok_result($t->rpc('server/discover', {}, @o), "$name: server/discover");
    ok_result($t->legacy_call('echo', { text => $name }, @o), "$name: a call");
    keys_conf($t) if $name eq 'keys.conf';
    oauth($t) if $name eq 'oauth.conf';
    gateway($t) if $name eq 'gateway.conf';
    resources($t) if $name eq 'resources.conf';
    files($t) if $name eq 'files.conf';
    status($t) if $name eq 'status.conf';
    quickstart($t) if $name eq 'quickstart.conf';
    tools_http($t) if $name eq 'tools-http.conf';
    openapi($t) if $name eq 'openapi.conf';
    sessions($t) if $name eq 'sessions.conf';
    published($t) if $name eq 'publish.conf';
}


sub bearer {
    my ($t, $scope) = @_;

    return 'Bearer ' . $issuer->token({
        sub => 'amy', scope => $scope || 'read', exp => time + 600,
        iss => 'http://127.0.0.1:' . $t->port(1),
        aud => 'http://127.0.0.1:' . $t->port . '/mcp' });
}


sub keys_conf {
    my ($t) = @_;

    ok_error($t->call('nginx_status', {}, headers => { 'X-API-Key' => 'key' }),
             403, -32600, 'keys.conf: a scope');
    ok_result($t->call('nginx_status', {}, headers => { 'X-API-Key' => 'admin' }),
              'keys.conf: who has it');

    my %status;
    $status{ $t->rpc('tools/list', {}, headers => {
        'X-API-Key' => "guess$_" })->status }++ for 1 .. 40;

    ok($status{401} >= 10 && $status{429} >= 15, 'keys.conf: guesses are limited');
    ok_result($t->rpc('tools/list', {}, headers => { 'X-API-Key' => 'key' }),
              'keys.conf: and keys are not');

    my @r = map { $t->call('echo', { text => 'x' }, headers => {
                           'X-API-Key' => 'admin' }) } 1 .. 30;
    my ($limited) = grep { $_->result->{isError} } @r;

    like($limited->text, qr/wait 2 seconds/, 'keys.conf: a model is told to wait');
    like($t->slurp('build/keys.log'), qr/"consumer":"root".*"error":"limited"/,
         'keys.conf: the log');
    return;
}


sub oauth {
    my ($t) = @_;

    my $r = $t->exchange($t->http_bytes(method => 'GET',
        uri => '/.well-known/oauth-protected-resource/mcp'));
    is_deeply($r->json->{scopes_supported}, ['read', 'write'],
              'oauth.conf: metadata');

    my @regex = ('regex_replace', { pattern => 'a', text => 'a',
                                    replacement => 'b' });
    $r = $t->call(@regex, headers => { Authorization => bearer($t) });
    ok_error($r, 403, -32600, 'oauth.conf: a scope');
    like($r->header('WWW-Authenticate'), qr/scope="[^"]*write/,
         'oauth.conf: which');
    ok_result($t->call(@regex, headers => { Authorization => bearer($t,
        'write') }), 'oauth.conf: who has it');
    return;
}


sub gateway {
    my ($t) = @_;

    my @key = (headers => { 'X-API-Key' => 'key' });

    ok_error($t->call('echo', { text => 'x' }), 401, -32600,
             'gateway.conf: no key');
    is($t->curl_rpc('tools/call', { name => 'echo', arguments => { text => 'x' } },
                    scheme => 'https', port => $t->port(3), @key)->text, 'x',
       'gateway.conf: TLS');

    my %served;
    $served{ $t->call('echo', { text => 'x' }, @key)->header('X-Served-By') }++
        for 1 .. 30;
    is(scalar keys %served, 2, 'gateway.conf: both of them');

    my %of;

    for (1 .. 10) {
        my $r = $t->legacy('initialize', { protocolVersion => '2025-06-18',
            capabilities => {}, clientInfo => { name => 'x', version => '1' } },
            version => undef, @key);
        my %session = (%{ $key[1] },
                       'Mcp-Session-Id' => $r->header('Mcp-Session-Id'));

        $of{ $_->header('X-Served-By') }++
            for $r, $t->legacy('tools/list', {}, headers => \%session);
    }

    is(scalar keys %of, 1, 'gateway.conf: a session is where it began');

    like($t->slurp('build/gateway.log'),
         qr/"consumer":"alice".*"tool":"echo","status":200,"error":""/,
         'gateway.conf: the log');

    my $over = 0;

    for (1 .. 400) {
        my $r = $t->call("made_up_$_", {}, @key);
        $over++ if $r->result && $r->text =~ /^Too many calls/;
    }

    cmp_ok($over, '>', 0, 'gateway.conf: names that are made up do not pass');
    return;
}


sub published {
    my ($t) = @_;

    my $s = MCPTest::Events->open($t, $t->request_bytes(
        'subscriptions/listen',
        { notifications => { resourceSubscriptions => ['docs://start.md'] } }));

    is_deeply($s->next->{params}{notifications},
              { resourceSubscriptions => ['docs://start.md'] },
              'publish.conf: a stream');
    ok_accepted($t->post(encode_json_text({
        method => 'notifications/resources/updated',
        params => { uri => 'docs://start.md' } }), uri => '/publish'),
        'publish.conf: published');
    is($s->next->{params}{uri}, 'docs://start.md', 'publish.conf: heard');
    $s->cancel;
    return;
}


sub files {
    my ($t) = @_;
    my $r = $t->call('search_files', { pattern => 'ticket', flags => 'i' });

    like($r->text, qr{"howto/tickets\.md"}, 'files.conf: a search');

    $r = $t->call('read_file', { path => 'howto/tickets.md' });
    like($r->text, qr/\w/, 'files.conf: a file');
    return;
}


sub sessions {
    my ($t) = @_;

    my $r = $t->legacy('initialize', { protocolVersion => '2025-11-25',
        capabilities => {}, clientInfo => { name => 'x', version => '1' } });
    my $id = $r->header('Mcp-Session-Id');

    ok_result($t->legacy('tools/list', undef, headers => {
        'Mcp-Session-Id' => $id }), 'sessions.conf: a session');
    return;
}


sub streams {
    my ($t) = @_;

    my $s = MCPTest::Events->open($t, $t->request_bytes('subscriptions/listen',
        { notifications => { toolsListChanged => true } }));

    is($s->next->{method}, 'notifications/subscriptions/acknowledged',
       'streams.conf: a stream');
    ok_accepted($t->post('{"method":"notifications/tools/list_changed"}',
                         uri => '/publish', port => $t->port(1)),
                'streams.conf: a change');
    is($s->next->{method}, 'notifications/tools/list_changed',
       'streams.conf: is told');
    $s->cancel;
    return;
}


sub status {
    my ($t) = @_;
    my $r = $t->call('nginx_status', {});

    is_deeply($r->result->{structuredContent}{logs}, [qw(access error)],
              'status.conf: logs');

    $r = $t->call('nginx_log', { log => 'access', pattern => 'POST /mcp' });
    like($r->text, qr{POST /mcp HTTP/1\.1}, 'status.conf: a log');
    return;
}


sub quickstart {
    my ($t) = @_;

    is_deeply($t->call('list_tickets', { state => 'open' })
                ->result->{structuredContent}, { tickets => [1] },
              'quickstart.conf: a list');
    like($t->call('get_ticket', { id => 2 })->text, qr/No more coffee/,
         'quickstart.conf: one of it');

    my $r = $t->call('get_ticket', { id => 3 });

    ok($r->result->{isError}, 'quickstart.conf: one that is not there');
    is($r->text, 'There is no such ticket.', 'quickstart.conf: says so');
    is($t->call('getProduct', { sku => 'AB-1' })
         ->result->{structuredContent}{name}, 'Cup',
       'quickstart.conf: a tool of a document');
    return;
}


sub openapi {
    my ($t) = @_;

    is(join(' ', grep { /^shop_/ } map { $_->{name} }
                 @{ $t->rpc('tools/list')->result->{tools} }),
       'shop_findProducts shop_getProduct shop_listOrders shop_order '
       . 'shop_cancelOrder', 'openapi.conf: tools');
    is($t->call('shop_getProduct', { sku => 'AB-1' })
         ->result->{structuredContent}{parts}[0]{sku}, 'C',
       'openapi.conf: a GET');
    like($t->call('shop_getProduct', { sku => '../x' })->text, qr/sku/,
         'openapi.conf: an argument that is none');
    is_deeply($t->call('shop_listOrders', { customer => 7 })
                ->result->{structuredContent} // $t->call('shop_listOrders',
                { customer => 7 })->text, [{ id => 17 }],
              'openapi.conf: a part');
    is($t->call('shop_order', { customer => 7,
                                lines => [{ sku => 'AB-1', count => 2 }] })
         ->result->{structuredContent}{bytes},
       length '{"customer":7,"lines":[{"sku":"AB-1","count":2}]}',
       'openapi.conf: a POST');
    ok(!$t->call('shop_cancelOrder', { id => 17 })->result->{isError},
       'openapi.conf: a DELETE');
    return;
}


sub tools_http {
    my ($t) = @_;

    is_deeply($t->call('find_orders', { customer => 7 })
                ->result->{structuredContent},
              { orders => [{ id => 17, total => 99.5 }],
                query => 'state=open&limit=20' },
              'tools-http.conf: a GET with defaults');
    is($t->call('find_orders', { customer => 8 })->text,
       'There is no such thing.', 'tools-http.conf: an error');
    is_deeply($t->call('get_product', { sku => 'AB-1' })
                ->result->{structuredContent}, { sku => 'AB-1', price => 12.9 },
              'tools-http.conf: a part') for 1 .. 2;
    like($t->call('get_product', { sku => '../x' })->text, qr/sku/,
         'tools-http.conf: an argument that is none');
    is_deeply($t->call('add_note', { order => 17, text => 'x' })
                ->result->{structuredContent},
              { order => 17, bytes => length '{"text":"x","urgent":false}' },
              'tools-http.conf: a POST');
    is_deeply([sort keys %{ $t->call('account', { id => 7 })
                              ->result->{structuredContent} }],
              [qw(customer orders)], 'tools-http.conf: several');

    my $read = $t->rpc('resources/read', { uri => 'shop://products/AB-1' });

    is($read->result->{contents}[0]{text}, '{"sku":"AB-1","price":12.90}',
       'tools-http.conf: a resource');
    is($read->result->{ttlMs}, 60000, 'tools-http.conf: how long it is fresh');
    is_deeply($t->rpc('completion/complete', {
        ref      => { type => 'ref/resource', uri => 'shop://products/{sku}' },
        argument => { name => 'sku', value => 'a' },
    })->result->{completion}{values}, ['AB-1'], 'tools-http.conf: its names');
    is($t->rpc('prompts/get', { name => 'reminder', arguments => { id => '7' } })
         ->result->{messages}[0]{content}{text},
       'Remind Ada of [{"id":17,"total":99.50}].', 'tools-http.conf: a prompt');
    return;
}


sub resources {
    my ($t) = @_;

    my %there = map { $_->{uri} => $_ }
                @{ $t->rpc('resources/list')->result->{resources} };

    is(join(' ', sort keys %there), 'docs://howto/tickets.md docs://start.md '
       . 'helpdesk://hours helpdesk://start', 'resources.conf: resources');

    for my $uri (sort keys %there) {
        my $r = $t->rpc('resources/read', { uri => $uri });

        like($r->result->{contents}[0]{text}, qr/\w/, "resources.conf: $uri");
    }

    my $r = $t->rpc('prompts/get', { name => 'triage', arguments => {
        ticket => 'A-7', lang => 'Deutsch' } });

    like($r->result->{messages}[0]{content}{text},
         qr/ticket A-7\. Answer in Deutsch\./, 'resources.conf: a prompt');
    return;
}


# README.md: whole configurations run, pieces of a location pass nginx -t

my $readme = slurp("$root/README.md");
my ($whole, $pieces) = (0, 0);

while ($readme =~ /^```nginx\n(.*?)^```/msg) {
    my $text = $1;

    next if $text =~ /^\.\.\.$/m;

    if ($text =~ /^events/m) {
        my $t = run_conf($text, 'README.md');
        my @status = map { $t->call('echo', { text => 'x' })->status } 1 .. 40;

        is($status[0], 200, 'README.md: a call');
        ok(scalar(grep { $_ == 429 } @status), 'README.md: the limit');

        $whole++;
        next;
    }

    my ($first) = $text =~ /^(.*)$/m;
    my $t = $text =~ /^(?:mcp_(?:zone|state_key|scope_implies)|map)\b/m
            ? MCPTest->new(http => $text, location => 'mcp;',
                           files => { 'mcp-state.key' => 'a' x 64,
                                      'mcp.keys' => $keys })
            : $text =~ /^error_page/
            ? MCPTest->new(server => $text =~ s{/var/log/nginx/}{}r,
                           location => 'mcp;')
            : $text =~ /^proxy_cache +(\w+);/m
            ? MCPTest->new(http => "proxy_cache_path cache keys_zone=$1:1m;",
                           location => "mcp;\n$text")
            : $text =~ /^location/
            ? MCPTest->new(server => $text =~ s{/mcp}{/readme}r, files => {
                  'openapi.yaml' => slurp("$root/conf.d/openapi.yaml"),
                  'mcp.keys' => $keys })
            : MCPTest->new(location => "mcp;\n" . $text =~ s/ hello;/;/r,
                           http => 'limit_req_zone $uri zone=tool:1m rate=1r/s;',
                           server => 'location /_api/ { internal; }',
                           files => { 'mcp.keys' => $keys });
    my ($status, $output) = $t->test_config;

    is($status, 0, "README.md: $first") or diag($output);

    $pieces++;
}

is($whole, 1, 'README.md has an example');
cmp_ok($pieces, '>=', 8, 'and one for each directive');

finish();
