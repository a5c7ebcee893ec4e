#!/usr/bin/perl

# The official TypeScript clients call tools that are services.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;

use lib "$FindBin::Bin/lib";
use MCPTest;
use MCPTest::Backend;
use MCPTest::Node qw(setup run_tap);

setup();

my $b = MCPTest::Backend->start(
    '/orders/*' => sub {
        my ($id) = $_[0]{path} =~ m{([^/]*)\z};
        my ($limit) = $_[0]{query} =~ /limit=(\d+)/;

        $id =~ s/%(..)/chr hex $1/ge;
        return { body => qq({"id":"$id","limit":$limit}) };
    },
    '/rows' => { body => '[{"n":1},{"n":2}]', chunked => 3 },
    '/picture' => { type => 'image/png', body => 'picture' },
    '/fails' => { status => 500, body => '{"message":"sad"}' },
);

my $t = MCPTest->new(
    files => { 'order.json' => '{"type":"object","required":["id"],'
               . '"properties":{"id":{"type":"string"},'
               . '"limit":{"type":"integer"}}}' },
    server => 'location /_api/ { internal; proxy_pass http://127.0.0.1:'
              . $b->port . '/; }',
    location => <<'EOC')->start;
mcp;
mcp_tool order {
    description "One order.";
    annotations read_only;
    arg id string required "Its number";
    arg limit integer default=20 min=1 max=100;
    output %%DIR%%/order.json;
    pass GET "/_api/orders/{id}{?limit}";
}
mcp_tool picture { description "A picture."; pass GET /_api/picture; }
mcp_tool fails { description "An error."; pass GET /_api/fails; }
mcp_tool rows { description "All rows."; pass GET /_api/rows; }
mcp_tool both {
    description "An order and all rows.";
    arg id string required;
    pass order GET "/_api/orders/{id}?limit=1";
    pass rows GET /_api/rows;
}
EOC

run_tap('sdk_pass.mjs', 'http://127.0.0.1:' . $t->port . '/mcp');

finish();
