#!/usr/bin/perl

# mcp_consumer: whom state is bound to.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;
use MCPTest::Tools;

refused('twice', location => "mcp_consumer a;\nmcp_consumer b;",
        qr/"mcp_consumer" directive is duplicate/);
refused('no variable', location => 'mcp_consumer "a$";',
        qr/invalid variable name/);
refused('two values', location => 'mcp_consumer a b;',
        qr/invalid parameter "b", expected scope=VALUE/);
accepted('on all levels', http => 'mcp_consumer a;', server => 'mcp_consumer b;',
         location => 'mcp; mcp_consumer c;');

my $module = probe_zone() or do { finish(); exit };

my $t = MCPTest->new(
    bare => 1, modules => [$module],
    location => 'mcp; mcp_tools zone;',
    server => <<'EOC',
    location = /basic {
        mcp;
        mcp_tools zone;
        auth_basic mcp;
        auth_basic_user_file %%DIR%%/users;
    }

    location /own/ {
        mcp_consumer "$http_x_tenant/$remote_addr";

        location = /own/mcp { mcp; mcp_tools zone; }

        location = /own/none {
            mcp;
            mcp_tools zone;
            mcp_consumer "";
        }
    }
EOC
    files => { users => "alice:{PLAIN}secret\n" })->start;

my %alice = (Authorization => 'Basic YWxpY2U6c2VjcmV0');


sub principal {
    my ($uri, %headers) = @_;

    my $r = $t->call('principal', {}, uri => $uri, headers => \%headers);
    return $r->result ? $r->text : 'error ' . ($r->status // 'none');
}


is(principal('/mcp'), '', 'nobody');
is(principal('/basic', %alice), 'alice', 'by default the user');
is(principal('/basic'), 'error 401', 'who is checked');
is(principal('/own/mcp', 'X-Tenant' => 'a'), 'a/127.0.0.1', 'variables');
is(principal('/own/mcp', %alice), '/127.0.0.1', 'nothing else');
is(principal('/own/none', 'X-Tenant' => 'a', %alice), '', 'an empty one');

finish();
