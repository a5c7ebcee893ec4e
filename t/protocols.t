#!/usr/bin/perl

# mcp_protocols: the revisions that a location serves.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
my $t = MCPTest->new(servers => <<'EOC')->start;
server {
    listen 127.0.0.1:%%PORT_0%%;

    mcp_tools demo;

    location = /mcp { mcp; }

    location = /modern {
        mcp;
        mcp_protocols 2026-07-28;
    }

    location = /legacy {
        mcp;
        mcp_protocols 2025-06-18 2024-11-05;
    }

    location = /mixed {
        mcp;
        mcp_protocols 2025-11-25 2026-07-28;
    }

    location = /batch {
        mcp;
        mcp_protocols 2025-03-26;
    }
}
EOC

my $r;


sub initialize {
    my ($uri, $version) = @_;
    return $t->legacy('initialize', {
        protocolVersion => $version, capabilities => {},
        clientInfo => { name => 'old', version => '1' },
    }, version => undef, uri => $uri);
}


sub unsupported {
    my ($r, $requested, $supported, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok_error($r, 400, -32022, $name);
    is($r->data->{requested}, $requested, "$name: requested");
    is(join(' ', sort @{ $r->data->{supported} || [] }), $supported,
       "$name: supported");
    is($r->id, 1, "$name: the id is echoed");
    return;
}


my $all = '2024-11-05 2025-03-26 2025-06-18 2025-11-25 2026-07-28';

$r = $t->rpc('server/discover');
is(join(' ', sort @{ $r->result->{supportedVersions} }), $all,
   'all revisions by default');


# modern only

$r = $t->rpc('server/discover', {}, uri => '/modern');
is(join(' ', @{ $r->result->{supportedVersions} }), '2026-07-28',
   'modern only: supportedVersions');
ok_result($t->call('echo', { text => 'x' }, uri => '/modern'),
          'modern only: a call');
unsupported(initialize('/modern', '2025-11-25'), '2025-11-25', '2026-07-28',
            'modern only: initialize');
unsupported($t->legacy('tools/list', undef, uri => '/modern'), '2025-11-25',
            '2026-07-28', 'modern only: a legacy request');
is($t->legacy('notifications/x', undef, id => undef, uri => '/modern')->status,
   400, 'modern only: a legacy notification');
ok_error($t->legacy('tools/list', undef, version => undef, uri => '/modern'),
         400, -32020, 'modern only: a request without a version');
unsupported($t->rpc('server/discover', {}, version => 'v9', uri => '/modern'),
            'v9', '2026-07-28', 'modern only: an unknown version');


# two legacy ones

is(initialize('/legacy', '2025-06-18')->result->{protocolVersion},
   '2025-06-18', 'legacy only: a served version');
is(initialize('/legacy', '2024-11-05')->result->{protocolVersion},
   '2024-11-05', 'legacy only: the other one');
is(initialize('/legacy', '2025-11-25')->result->{protocolVersion},
   '2025-06-18', 'legacy only: the newest one instead of a newer one');
is(initialize('/legacy', '2025-03-26')->result->{protocolVersion},
   '2025-06-18', 'legacy only: or of one in between');
ok_result($t->legacy('tools/list', undef, version => '2024-11-05',
                     uri => '/legacy'), 'legacy only: a request');
unsupported($t->legacy('tools/list', undef, uri => '/legacy'),
            '2025-11-25', '2024-11-05 2025-06-18',
            'legacy only: a revision that is not served');
ok_result($t->legacy('tools/list', undef, version => undef, uri => '/legacy'),
          'legacy only: no header means the one without it that is served');
unsupported($t->rpc('server/discover', {}, uri => '/legacy'), '2026-07-28',
            '2024-11-05 2025-06-18', 'legacy only: a modern request');
is($t->rpc('notifications/x', {}, id => undef, uri => '/legacy')->status, 400,
   'legacy only: a modern notification');
ok_error($t->legacy('', {}, version => '2025-06-18', uri => '/legacy',
                    body => '[{"jsonrpc":"2.0","id":1,"method":"ping"}]'),
         400, -32600, 'legacy only: no batches');


# one of each

is(initialize('/mixed', '2024-11-05')->result->{protocolVersion},
   '2025-11-25', 'mixed: initialize');
ok_result($t->rpc('tools/list', {}, uri => '/mixed'), 'mixed: modern');
ok_result($t->legacy('tools/list', undef, uri => '/mixed'), 'mixed: legacy');
is(join(' ', sort @{ $t->rpc('server/discover', {}, uri => '/mixed')
                       ->result->{supportedVersions} }),
   '2025-11-25 2026-07-28', 'mixed: supportedVersions');


# the one with batches

$r = $t->legacy('', {}, version => undef, uri => '/batch',
                body => '[{"jsonrpc":"2.0","id":1,"method":"ping"}]');
is(ref $r->json, 'ARRAY', 'batch: 2025-03-26 alone');

finish();
