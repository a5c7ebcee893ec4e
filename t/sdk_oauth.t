#!/usr/bin/perl

# The official TypeScript client is authorized: from a 401 to a token, from a
# 403 to a token for more, and from an old token to a new one.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Node qw(setup run_tap);

setup();

my $t = MCPTest->new(
    workers => 2,
    location => <<'EOC',
        mcp;
        mcp_tools      demo;
        mcp_tool_scope * read;
        mcp_tool_scope add write;

        mcp_tool who {
            description "Who calls.";
            pass GET /_who;
        }

        mcp_resource_metadata     http://127.0.0.1:%%PORT_0%%/mcp;
        mcp_authorization_servers http://127.0.0.1:%%PORT_1%%;
        mcp_scopes                read write initial=read;

        mcp_jwt_keys   uri=/_jwks;
        mcp_jwt_leeway 1s;
EOC
    server => <<'EOC')->start;
    location = /_jwks {
        internal;
        proxy_pass http://127.0.0.1:%%PORT_1%%/jwks;
    }

    location = /_who {
        internal;
        default_type application/json;
        return 200 '{"who":"$mcp_consumer","scope":"$mcp_scope"}';
    }
EOC

run_tap('sdk_oauth.mjs', 'http://127.0.0.1:' . $t->port . '/mcp', $t->port(1));

finish();
