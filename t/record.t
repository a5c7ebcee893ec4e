#!/usr/bin/perl

# The record: each decision is in the log once, and no secret is in any log.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use FindBin;
use IO::Socket::INET;
use JSON::PP qw(decode_json);
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Token;

my %secret = map { $_ => "planted-$_-" . sprintf '%08x', rand 2**32 }
                 qw(key unknown argument body header);
my $es = MCPTest::Token->new('ES256', kid => 'k');
my $trace = '0af7651916cd43dd8448eb211c80319c';

my $b = MCPTest::Backend->start('*' => { body => '{}' });
my $port = $b->port;

my $t = MCPTest->new(
    main => 'error_log debug.log debug;',
    http => 'include ' . MCPTest::root() . "/conf.d/mcp-log.conf;\n" . <<'EOC',
    access_log %%DIR%%/record.log mcp;
    limit_req_zone $mcp_consumer zone=z:1m rate=1r/m;
    limit_req_status 429;
EOC
    location => <<'EOC',
        mcp;
        mcp_tools demo;
        mcp_tool_scope add write;
        mcp_api_keys %%DIR%%/keys;
        mcp_jwt_keys %%DIR%%/jwks;
        mcp_jwt_audience me;
        access_log %%DIR%%/record.log mcp;
        add_header X-Request-Id $request_id always;

        mcp_tool save {
            description "Saves.";
            arg text string required;
            header X-Secret "{text}";
            pass POST /_api/notes;
        }
EOC
    server => <<"EOC",
    location = /limited {
        mcp;
        mcp_tools demo;
        mcp_api_keys %%DIR%%/keys;
        limit_req zone=z;
        access_log %%DIR%%/record.log mcp;
        add_header X-Request-Id \$request_id always;
    }

    location /_api/ {
        internal;
        proxy_pass http://127.0.0.1:$port/;
        proxy_set_header X-Request-Id \$request_id;
    }
EOC
    files => { jwks => MCPTest::Token::set($es),
               keys => sha256_hex($secret{key}) . " bob read\n" })->start;

my %key = (Authorization => "Bearer $secret{key}");
my $token = $es->token({ sub => 'amy', aud => 'me', exp => time + 600,
                         scope => 'write' });
my (@done, %expected);


# what was answered, and what the log should say of it

sub decided {
    my ($r, $name, %line) = @_;

    my $id = $r->header('X-Request-Id');
    ok($id, "$name: has an id");
    $expected{$id} = { name => $name, status => $r->status, line => \%line };
    push @done, $id;
    return $r;
}


decided($t->call('echo', { text => $secret{argument} }, headers => {
            %key, traceparent => "00-$trace-00f067aa0ba902b7-01" }),
        'a call', consumer => 'bob', tool => 'echo', name => 'echo', error => '',
        method => 'tools/call', era => 'modern', trace_id => $trace);
decided($t->legacy_call('echo', { text => $secret{argument} },
                        headers => { %key }, version => '2025-06-18'),
        'a legacy one', consumer => 'bob', era => 'handshake',
        protocol => '2025-06-18');
decided($t->call('add', { a => 1, b => 2 },
                 headers => { Authorization => "Bearer $token" }),
        'by a token', consumer => 'amy', tool => 'add', error => '');
decided($t->call('save', { text => $secret{body} }, headers => { %key }),
        'passed on', consumer => 'bob', tool => 'save');
my $passed = $done[-1];

decided($t->call('echo', { text => $secret{argument} }), 'nobody',
        consumer => '', tool => '', error => 'unauthorized');
decided($t->call('echo', { text => $secret{argument} }, headers => {
            'X-API-Key' => $secret{unknown} }),
        'an unknown key', error => 'unauthorized');
decided($t->call('echo', {}, headers => { Authorization => "Bearer ${token}x" }),
        'a broken token', error => 'unauthorized');
decided($t->call('echo', {}, headers => { %key, 'X-API-Key' => $secret{key} }),
        'two keys', error => 'unauthorized');
decided($t->call('add', { a => 1, b => 2 }, headers => { %key }), 'no scope',
        consumer => 'bob', error => 'scope', tool => '', name => 'add');
decided($t->call('echo', { text => $secret{argument} },
                 headers => { %key, 'Mcp-Name' => $secret{header} }),
        'a header', consumer => 'bob', error => 'header');
decided($t->post("{\"$secret{argument}", headers => {
            %key, 'Content-Type' => 'application/json' }), 'no JSON',
        consumer => 'bob', error => 'parse');
decided($t->call('echo', { text => 1, $secret{argument} => 2 },
                 headers => { %key }), 'its arguments', error => 'tool');
decided($t->call('none', {}, headers => { %key }), 'no such tool',
        error => 'params', tool => '', name => 'none');
decided($t->rpc('tools/list', {}, uri => '/limited', headers => { %key }),
        "limit $_", $_ == 2 ? (error => 'limited') : ()) for 1 .. 2;

my @lines = map { decode_json($_) } $t->wait_lines('record.log', scalar @done);

is(scalar @lines, scalar @done, 'as many lines as answers');

for my $line (@lines) {
    my $e = delete $expected{ $line->{request_id} };

    ok($e, 'a line for an answer') or next;
    is($line->{status}, $e->{status}, "$e->{name}: status");
    is($line->{$_}, $e->{line}{$_}, "$e->{name}: $_")
        for sort keys %{ $e->{line} };
}

is_deeply([keys %expected], [], 'and each answer has one');

my ($seen) = $b->requests;
is($seen->header('X-Request-Id'), $passed, 'the service gets the same id');

for my $file (qw(record.log error.log debug.log)) {
    my $log = $t->slurp($file);
    my ($signature) = $token =~ /([^.]+)\z/;

    # nginx itself shows the headers it has read and sends, when it is told to
    # debug
    $log =~ s/^.*http (?:proxy )?header: ".*$//mg;
    $log =~ s/^.*http proxy header:$//mg;
    $log =~ s/^X-Secret: .*$//mg;

    cmp_ok(length $log, '>', 100, "$file: there is something in it");

    for my $name (sort keys %secret) {
        next if $name eq 'header';     # a name that was asked for
        unlike($log, qr/\Q$secret{$name}/, "$file: no $name");
    }

    unlike($log, qr/\Q$signature/, "$file: no token");
    unlike($log, qr/${\ sha256_hex($secret{key}) }/, "$file: no digest");
}


# --- what has no answer of the module

my $silent = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1:0');
my $hangs = $silent->sockport;

my $l = MCPTest->new(
    workers => 1,
    main => 'worker_shutdown_timeout 100ms;',
    http => 'include ' . MCPTest::root() . "/conf.d/mcp-log.conf;\n"
            . 'access_log %%DIR%%/record.log mcp;',
    location => <<'EOC',
        mcp;
        mcp_tool slow { description "Never ends."; pass GET /_api/; }
        access_log %%DIR%%/record.log mcp;
EOC
    server => <<"EOC",
    location = /other {
        mcp_inspect on;
        proxy_pass http://127.0.0.1:$hangs;
        access_log %%DIR%%/record.log mcp;
    }

    location = /page {
        mcp;
        deny all;
        error_page 403 /403;
        access_log %%DIR%%/record.log mcp;
    }

    location = /403 { return 403 "no"; access_log %%DIR%%/record.log mcp; }
    location /_api/ { internal; proxy_pass http://127.0.0.1:$hangs; }
EOC
)->start;


sub logged {
    my ($n, %expected) = @_;
    my $line = ($l->wait_lines('record.log', $n))[$n - 1];
    my $got = eval { decode_json($line) } || {};

    is($got->{$_}, $expected{$_}, "line $n: $_") for sort keys %expected;
    return;
}


sub abandoned {
    my ($bytes) = @_;
    my $c = $l->connect;

    $c->send($bytes);
    return $c;
}


abandoned($l->http_bytes(method => 'POST', uri => '/mcp',
    headers => [ 'Content-Type' => 'application/json',
                 'Content-Length' => 100 ]))->close;
logged(1, status => 400, error => 'refused');

my $c = abandoned($l->request_bytes('ping', {}, uri => '/other'));
my @held = $silent->accept;
$c->close;
logged(2, status => 499, error => 'cancelled', method => 'ping');

is($l->rpc('ping', {}, uri => '/page')->status, 403, 'a page of its own');
logged(3, status => 403, error => 'forbidden');

$c = abandoned($l->request_bytes('tools/call', { name => 'slow' }));
push @held, $silent->accept;
$l->reload;
logged(4, status => 0, error => 'cancelled', tool => 'slow');

finish();
