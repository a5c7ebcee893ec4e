#!/usr/bin/perl

# mcp_list_ttl and mcp_page_size: caching hints, pages and cursors.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(servers => <<'EOC')->start;
mcp_list_ttl 30s public;

server {
    listen 127.0.0.1:%%PORT_0%%;
    mcp_tools demo text;

    location = /mcp { mcp; }

    location = /private {
        mcp;
        mcp_list_ttl 2h;
    }

    location = /zero {
        mcp;
        mcp_list_ttl 0 private;
    }

    location = /ms {
        mcp;
        mcp_list_ttl 1500ms public;
        mcp_page_size 1;
    }

    location = /three {
        mcp;
        mcp_page_size 3;
    }

    location = /exact {
        mcp;
        mcp_page_size 8;
    }
}

server {
    listen 127.0.0.1:%%PORT_1%%;

    location = /mcp {
        mcp;
        mcp_list_ttl 5m private;
    }
}
EOC

my ($r, $result);


sub names {
    my ($r) = @_;
    return map { $_->{name} } @{ $r->result ? $r->result->{tools} : [] };
}


# all pages: (names, number of pages)

sub pages {
    my ($era, $uri) = @_;

    my (@names, $cursor, $n);

    for ($n = 1; $n <= 20; $n++) {
        my $r = $t->$era('tools/list', defined $cursor
                         ? { cursor => $cursor } : {}, uri => $uri);
        push @names, names($r);
        $cursor = $r->result ? $r->result->{nextCursor} : undef;
        last if !defined $cursor;
    }

    return (join(' ', @names), $n);
}


# mcp_list_ttl

for (['/mcp', 30000, 'public'], ['/private', 7200000, 'private'],
     ['/zero', 0, 'private'], ['/ms', 1500, 'public'])
{
    my ($uri, $ttl, $scope) = @$_;

    for my $method (qw(tools/list server/discover)) {
        $result = $t->rpc($method, {}, uri => $uri)->result;
        is($result->{ttlMs}, $ttl, "$uri: ttlMs of $method");
        is($result->{cacheScope}, $scope, "$uri: cacheScope of $method");
    }

    $result = $t->legacy('tools/list', {}, uri => $uri)->result;
    ok(!exists $result->{ttlMs}, "$uri: no ttlMs for legacy clients");
}

$r = $t->rpc('tools/list', {}, port => $t->port(1));
ok_result($r, 'a location without tools');
is($r->body =~ /"tools":\[\]/, 1, 'has an empty list');
like($r->body, qr/"ttlMs":300000\b/, 'ttlMs is an integer');


# mcp_page_size

my @all = names($t->rpc('tools/list'));

is(scalar @all, 8, 'eight tools on one page');
is("@all", 'add echo digest regex_match regex_replace encode decode uuid',
   'in order of configuration');

for (['/three', 3], ['/ms', 8], ['/exact', 1], ['/mcp', 1]) {
    my ($uri, $n) = @$_;

    for my $era (qw(rpc legacy)) {
        my ($names, $pages) = pages($era, $uri);

        is($names, "@all", "$uri: all tools, once, in order ($era)");
        is($pages, $n, "$uri: pages ($era)");
    }
}

$r = $t->rpc('tools/list', {}, uri => '/three');
is(scalar names($r), 3, 'three on the first page');

my $cursor = $r->result->{nextCursor};

is(ref \$cursor, 'SCALAR', 'the cursor is a string');
unlike($r->body, qr/"nextCursor":\d/, 'and not a number');
unlike($cursor, qr/^\d+$/, 'that does not tell its meaning');

$r = $t->rpc('tools/list', { cursor => $cursor }, uri => '/three');
is(join(' ', names($r)), join(' ', @all[3 .. 5]), 'the second page');
is($r->result->{ttlMs}, 30000, 'ttlMs of the second page');
is($r->result->{cacheScope}, 'public', 'its cacheScope');
is($t->rpc('tools/list', { cursor => $cursor }, uri => '/three')->body,
   $r->body, 'a cursor can be used again');
is(join(' ', names($t->legacy('tools/list', { cursor => $cursor },
                              uri => '/three'))), join(' ', @all[3 .. 5]),
   'and in the other era');


# bad cursors

for ('', 'x', '0', '3', '-1', '99999999999999999999', "$cursor ", "x$cursor",
     $cursor . 'A', substr($cursor, 0, -1), $cursor x 100, 'x' x 10000,
     "\x{e9}", '../..', raw('1'), raw('null'), raw('{}'), raw('[]'),
     raw('true'))
{
    my $name = encode_json_text($_);

    $name = substr($name, 0, 20) . '...' if length $name > 30;
    ok_error($t->rpc('tools/list', { cursor => $_ }, uri => '/three'),
             200, -32602, "a bad cursor: $name");
    ok_error($t->legacy('tools/list', { cursor => $_ }, uri => '/three'),
             200, -32602, "a bad cursor: $name, legacy");
}

ok_error($t->rpc('tools/list', { cursor => $cursor }), 200, -32602,
         'a cursor where there is one page only');


# the same from every worker, and after a reload

my %bodies = map { $t->rpc('tools/list', {}, uri => '/three')->body => 1 }
             1 .. 20;

is(scalar keys %bodies, 1, 'all workers agree');

$t->reload;

is($t->rpc('tools/list', {}, uri => '/three')->body, (keys %bodies)[0],
   'so do those after a reload');
is(join(' ', names($t->rpc('tools/list', { cursor => $cursor },
                           uri => '/three'))), join(' ', @all[3 .. 5]),
   'a cursor lives through a reload');

finish();
