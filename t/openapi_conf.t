#!/usr/bin/perl

# mcp_openapi: what is wrong with it is refused with its line, what cannot be
# a tool is skipped with a line.
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

my %files = (
    'shop.yaml' => <<'EOF_YAML',
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders:
    get:
      operationId: listOrders
      tags: [orders]
      parameters:
      - {name: limit, in: query, schema: {type: integer, default: 10}}
      - {name: page, in: query, required: true, schema: {type: integer}}
  /orders/{id}:
    get: {operationId: getOrder, tags: [orders]}
    delete: {operationId: deleteOrder, tags: [orders, admin]}
EOF_YAML
    'more.yaml' => <<'EOF_YAML',
openapi: 3.1.0
paths:
  /a: {get: {operationId: a}}
  /b: {get: {operationId: b, parameters: [{$ref: "other.yaml#/x"}]}}
  /c: {trace: {operationId: c}}
EOF_YAML
    'shop.json' => '{"openapi":"3.0.0","paths":{"/a":{"get":{}}}}',
    'old.json' => '{"swagger":"2.0","paths":{}}',
    'broken.json' => "{\n\"openapi\": \"3.0.0\",\n}",
    'broken.yaml' => "openapi: 3.0.0\npaths:\n  a: b: c\n",
    'empty.yaml' => '',
    'words.conf' => "prefix x_;\ninclude tag orders;\n",
    'input.json' => '{"type":"object","properties":{"limit":{}}}',
);


sub openapi {
    my ($file, $inside) = @_;

    return "mcp_openapi %%DIR%%/$file {\n$inside\n}";
}


# What is refused inside of a block, in the line that is wrong or, by default,
# in that of its end.

sub wrong {
    my ($name, $inside, $re, %o) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    my $text = openapi($o{file} // 'shop.yaml', $inside);

    refused($name, location => $text, $re, server => $o{server} // $api,
            files => \%files);
    return;
}


accepted('mcp_openapi on all levels',
    http     => openapi('shop.yaml', 'pass /api;'),
    server   => "$api " . openapi('shop.json', 'pass /api/;'),
    location => "mcp;\n" . openapi('shop.yaml', <<'EOC')
    pass /api/v1;
    include %%DIR%%/words.conf;
    include id list* get*;
    include method get DELETE;
    include path /orders*;
    exclude tag admin;
    output off;
    strict on;
    override x_listOrders {
        title "A";
        description "Lists orders.";
        annotations read_only;
        arg limit integer min=1 "how many";
        header X-A "a{page}";
        select /orders;
        timeout 3s;
        over error;
    }
    override getOrder { pass GET "/api/order/{id}"; }
EOC
        . openapi('shop.json', 'pass /api; prefix json_;'),
    files => \%files);


# words

wrong('no pass', 'prefix a_;', qr/needs a "pass"/);
wrong('pass twice', "pass /api;\npass /api; # HERE", qr/is duplicate/);
wrong('pass that is no path', 'pass api; # HERE', qr/must begin with "\/"/);
wrong('pass with values', 'pass "/api/{x}"; # HERE', qr/without values/);
wrong('pass with a query', 'pass "/api?x"; # HERE', qr/without values/);
wrong('pass with dots', 'pass "/api/.."; # HERE', qr/without "\."/);
wrong('a prefix that no name has', 'prefix "a b"; # HERE', qr/characters of/);
wrong('a prefix that is too long', "pass /api; prefix @{['a' x 65]};",
      qr/the prefix is longer than 64/);
wrong('an unknown word', 'passes /api; # HERE', qr/unknown directive "passes"/);
wrong('an unknown kind', 'include name a; # HERE',
      qr/unknown "name" in "include", expected "id", "tag", "path" or "method"/);
wrong('exclude of nothing', 'exclude tag; # HERE',
      qr/invalid number of arguments/);
wrong('strict with another value', 'strict yes; # HERE',
      qr/invalid value "yes"/);


# overrides

wrong('an override of nothing', "pass /api;\noverride nothing { } # HERE",
      qr/"override" of "nothing": no tool of ".*shop\.yaml" has that name/);
wrong('an override of what is excluded',
      "pass /api; exclude tag admin;\noverride deleteOrder { } # HERE",
      qr/no tool of ".*shop\.yaml" has that name/);
wrong('an override twice',
      "pass /api;\noverride getOrder { }\noverride getOrder { # HERE\n}",
      qr/duplicate "override" of "getOrder"/);
wrong('a wrong word in an override',
      "pass /api;\noverride getOrder {\nresult xml; # HERE\n}",
      qr/must be "auto"/);
wrong('words that exclude each other',
      "pass /api;\noverride getOrder {\nselect /a; # HERE\nresult text;\n}",
      qr/"select" is of JSON, so it does not go with "result text"/);
wrong('a part of a part',
      "pass /api;\noverride getOrder {\nselect /a;\nover cut; # HERE\n}",
      qr/"over cut" does not go with/);
wrong('an argument that is not there',
      "pass /api;\noverride getOrder { # HERE\narg nr integer;\n}",
      qr/the operation has no argument "nr"/);
wrong('input without an argument',
      "pass /api;\noverride listOrders { # HERE\ninput %%DIR%%/input.json;\n}",
      qr/needs "page", which the file of "input" does not have/);
wrong('a body without a pass',
      "pass /api;\noverride getOrder {\nbody none; # HERE\n}",
      qr/"body" needs a "pass"/);
wrong('a header of an unknown argument',
      "pass /api;\noverride getOrder {\nheader X-A \"{nr}\"; # HERE\n}",
      qr/unknown argument "nr"/);


# documents

wrong('no such file', 'pass /api;', qr/open\(\) ".*none\.yaml" failed/,
      file => 'none.yaml');
wrong('Swagger', 'pass /api;', qr/old\.json": this is Swagger 2\.0/,
      file => 'old.json');
wrong('broken JSON', 'pass /api;', qr/not JSON .* line 3: syntax error/,
      file => 'broken.json');
wrong('broken YAML', 'pass /api;', qr/not YAML .* line 3: mapping values/,
      file => 'broken.yaml');
wrong('an empty file', 'pass /api;', qr/line 1: there is no document/,
      file => 'empty.yaml');
wrong('two documents of the same names',
      "pass /api;\n}\nmcp_openapi %%DIR%%/shop.yaml { pass /api;",
      qr/tool "listOrders": there is one of that name already/);
wrong('no location', 'pass /other;',
      qr/no location of server "localhost" matches "\/other\/orders"/);
wrong('the endpoint itself', 'pass /mcp;',
      qr/leads to location "\/", which is an MCP endpoint/,
      server => 'location / { mcp; }');
wrong('strict', "pass /api;\nstrict on;",
      qr/"GET \/b" of ".*more\.yaml" is not possible: "\$ref" leads out/,
      file => 'more.yaml');


# what is skipped

my $t = MCPTest->new(server => $api, files => \%files,
    location => "mcp;\n" . openapi('more.yaml', <<'EOC'));
    pass /api;
    exclude tag nobody;
    override b { title B; }
EOC

my ($rc, $out) = $t->test_config;

is($rc, 0, 'skipped: accepted');
is(scalar(() = $out =~ /\[warn\]/g), 3, 'skipped: a line for each');
like($out, qr/\[warn\].* operation "GET \/b" of ".*more\.yaml" is skipped: (?x:
     )"\$ref" leads out of the document, to "other\.yaml\#\/x"/,
     'skipped: a reference');
like($out, qr/\[warn\].* operation "TRACE \/c" of .* is skipped: TRACE is not/,
     'skipped: a method');
like($out, qr/\[warn\].* no operation of .* has a tag like "nobody" in \S+:\d+/,
     'a pattern that is like nothing');

done_testing();
