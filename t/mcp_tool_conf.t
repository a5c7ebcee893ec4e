#!/usr/bin/perl

# mcp_tool: what is wrong with it is refused with its line.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Conf;

plan(skip_all => 'no module') unless -e MCPTest::module();

my $api = 'location /api/ { internal; return 204; }';

accepted('mcp_tool on all levels',
    http     => 'mcp_tool a { description a; pass GET /api/a; }',
    server   => "$api mcp_tool a { description a; pass GET /api/b; }",
    location => "mcp; mcp_tool a {\n" . <<'EOC' . "}\n",
    title "A";
    description "Does a.";
    icon https://example.com/a.png;
    annotations read_only open_world;
    arg id integer required min=1 max=1e6 "which one";
    arg sort string default=up "enum=up|down" mcp_header=Sort;
    arg tags string[] 'default=["a"]' max_length=9;
    pass GET "/api/a/{id}{?sort}" tags;
    header X-Id "{id} of $remote_addr${request_method}";
    result json;
    select /a/0;
    error "{status}: {title}";
    timeout 3s;
    max_response 64k;
    over cut;
    stream off;
    cache public;
    include %%DIR%%/more.conf;
EOC
    files => { 'more.conf' => "#\n" });

done_testing();
