#!/usr/bin/perl

# mcp_openapi: tools of a document; the request that each call makes is the
# one the document says.
#
# Copyright (C) the ngx_http_mcp_module authors

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use JSON::PP ();
use MCPTest;
use MCPTest::Backend;

plan(skip_all => 'no module') unless -e MCPTest::module();

my $document = <<'EOF_YAML';
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders/{id}:
    parameters:
    - {name: id, in: path, required: true, schema: {type: integer}}
    get:
      operationId: getOrder
      summary: An order
      description: Everything that is known of it.
      tags: [orders]
      responses:
        "200": {content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
        default: {content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
    put:
      operationId: orders/put
      tags: [orders]
      parameters:
      - {name: id, in: query, schema: {type: string}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
    patch:
      operationId: patchOrder
      requestBody:
        content: {application/json: {schema: {type: object, properties: {state: {type: string, default: open}}}}}
  "/styles/{a}/{b}{c}/x":
    get:
      operationId: styles
      parameters:
      - {name: a, in: path, required: true, schema: {type: array, items: {type: string}}}
      - {name: b, in: path, required: true, style: label, schema: {type: string}}
      - {name: c, in: path, required: true, style: matrix, explode: true, schema: {type: object}}
      - {name: "d[]", in: query, schema: {type: array, items: {type: string}}}
      - {name: e, in: query, explode: false, schema: {type: array, items: {type: string}}}
      - {name: f, in: query, style: pipeDelimited, schema: {type: array, items: {type: string}}}
      - {name: g, in: query, style: deepObject, schema: {type: object}}
      - {name: h, in: query, content: {application/json: {schema: {type: object}}}}
      - {name: i, in: query, schema: {type: integer, default: 10}}
      - {name: X-J, in: header, schema: {type: array, items: {type: integer}}}
      - {name: k, in: cookie, schema: {type: string}}
      - {name: l, in: cookie, schema: {type: string}}
  /form:
    post:
      operationId: form
      requestBody:
        content:
          application/x-www-form-urlencoded:
            schema:
              type: object
              required: [a]
              properties:
                a: {type: string}
                b: {type: array, items: {type: string}}
                c: {type: object}
                d: {type: object}
            encoding: {d: {style: deepObject, explode: true}}
  /upload:
    post:
      operationId: upload
      requestBody:
        content:
          multipart/form-data:
            schema:
              type: object
              properties:
                file: {type: string, format: binary}
                meta: {type: object}
                tags: {type: array, items: {type: string}}
            encoding: {file: {contentType: image/png}}
  /bytes:
    put:
      operationId: bytes
      requestBody: {required: true, content: {application/octet-stream: {schema: {type: string, format: binary}}}}
  /list:
    post:
      operationId: list
      requestBody: {content: {application/json: {schema: {type: array, items: {type: integer}}}}}
  /secret: {get: {operationId: secret, tags: [internal]}}
  /gone: {delete: {}}
  /wrong: {get: {operationId: wrong, parameters: [{$ref: "other.yaml#/x"}]}}
components:
  schemas:
    Order:
      type: object
      required: [number, state]
      properties:
        number: {type: integer, readOnly: true}
        id: {type: string}
        state: {type: string, enum: [open, shipped], default: open, maxLength: 7}
        note: {type: string, nullable: true}
        parts: {type: array, items: {$ref: "#/components/schemas/Order"}}
    Error: {type: object, properties: {message: {type: string}}}
EOF_YAML

my $b = MCPTest::Backend->start(
    '*' => { body => '{"ok":true}' },
    'GET /v1/orders/1' => { body => '{"number":1,"state":"open","parts":'
                                    . '[{"number":2,"state":"shipped"}]}' },
    'GET /v1/orders/2' => { body => '{"number":"2"}' },
    'GET /v1/orders/3' => { status => 404, body => '{"message":"no such"}' },
);

my $t = MCPTest->new(
    files => { 'shop.yaml' => $document },
    server => 'location /_shop/ { internal; proxy_pass http://127.0.0.1:'
              . $b->port . '/v1/; } location = /text { mcp; mcp_openapi
              %%DIR%%/shop.yaml { pass /_shop; include id getOrder;
              override getOrder { result text; } } }',
    location => <<'EOC',
mcp;
mcp_page_size 4;
mcp_openapi %%DIR%%/shop.yaml {
    pass /_shop;
    prefix shop_;
    exclude tag internal;

    override patchOrder {
        description "Changes the state.";
        annotations idempotent;
        arg state string required enum=open|closed "the new one";
        header X-State "{state} of $request_method";
        error "{status}: {message}";
    }
}
EOC
)->start;

my $json = JSON::PP->new->canonical->allow_nonref;


# tools/list

my (%tool, @pages, $cursor);

do {
    my $r = $t->rpc('tools/list', $cursor ? { cursor => $cursor } : {});

    push @pages, [map { $_->{name} } @{ $r->result->{tools} }];
    $tool{$_->{name}} = $_ for @{ $r->result->{tools} };
    $cursor = $r->result->{nextCursor};
} while ($cursor && @pages < 10);

is(join(' | ', map { "@$_" } @pages), join(' | ',
   'shop_getOrder shop_orders_put shop_patchOrder shop_styles',
   'shop_form shop_upload shop_bytes shop_list', 'shop_delete_gone'),
   'list: names, in pages');

is($tool{shop_getOrder}{title}, 'An order', 'list: title');
is($tool{shop_getOrder}{description},
   'An order. Everything that is known of it.', 'list: description');
is($json->encode($tool{shop_getOrder}{annotations}),
   '{"destructiveHint":false,"idempotentHint":true,"openWorldHint":false,'
   . '"readOnlyHint":true}', 'list: annotations of GET');
is($json->encode($tool{shop_getOrder}{outputSchema}), join('',
   '{"$defs":{"Order":{"properties":{"id":{"type":"string"},"note":{"type":',
   '["string","null"]},"number":{"type":"integer"},"parts":{"items":{"$ref":',
   '"#/$defs/Order"},"type":"array"},"state":{"default":"open","enum":["open",',
   '"shipped"],"type":"string"}},"required":["number","state"],"type":',
   '"object"}},"properties":{"id":{"type":"string"},"note":{"type":["string",',
   '"null"]},"number":{"type":"integer"},"parts":{"items":{"$ref":',
   '"#/$defs/Order"},"type":"array"},"state":{"default":"open","enum":["open",',
   '"shipped"],"type":"string"}},"required":["number","state"],"type":',
   '"object"}'), 'list: output schema');
is(join(' ', sort keys %{ $tool{shop_orders_put}{inputSchema}{properties} }),
   'body_id id note parts query_id state', 'list: arguments');
is($tool{shop_patchOrder}{description}, 'Changes the state.',
   'override: description');
is($json->encode($tool{shop_patchOrder}{inputSchema}), join('',
   '{"additionalProperties":false,"properties":{"id":{"type":"integer"},',
   '"state":{"description":"the new one","enum":["open","closed"],"type":',
   '"string"}},"required":["id","state"],"type":"object"}'),
   'override: an argument');
ok($tool{shop_patchOrder}{annotations}{idempotentHint}, 'override: annotations');


# Each call, and what the service has got: the request line, some headers, the
# body.

sub sent {
    my ($name, $tool, $args, $line, $headers, $body) = @_;

    my $r = $t->call("shop_$tool", $args);
    my $request = $b->request;

    ok_result($r, "$name: answered");
    ok(!$r->result->{isError}, "$name: no error")
        or diag($json->encode($r->result));
    is($request && $request->line, $line, "$name: request");

    for my $header (sort keys %$headers) {
        is($request->header($header), $headers->{$header}, "$name: $header");
    }

    is($request->body, $body // '', "$name: body");
    return $r;
}


my $r = sent('a parameter of the path', 'getOrder', { id => 1 },
             'GET /v1/orders/1 HTTP/1.0',
             { Accept => 'application/json', 'Content-Type' => undef });

is($r->result->{structuredContent}{parts}[0]{state}, 'shipped',
   'a parameter of the path: the answer');

sent('names that meet', 'orders_put',
     { id => 4, query_id => 'q&', body_id => 'b', state => 'shipped',
       note => undef },
     'PUT /v1/orders/4?id=q%26 HTTP/1.0',
     { 'Content-Type' => 'application/json' },
     '{"id":"b","state":"shipped","note":null}');

sent('a default of a body', 'orders_put', { id => 4, state => 'open' },
     'PUT /v1/orders/4 HTTP/1.0', {}, '{"state":"open"}');

sent('an override', 'patchOrder', { id => 5, state => 'closed' },
     'PATCH /v1/orders/5 HTTP/1.0', { 'X-State' => 'closed of POST' },
     '{"state":"closed"}');

sent('styles', 'styles',
     { a => ['x/', 'y'], b => '..', c => { p => 1, q => 'r;' },
       'd' => ['1', '2&'], e => ['3', '4'], f => ['5', '6'],
       g => { h => 'i' }, h => { j => [7] }, 'X-J' => [8, 9], k => 'l',
       l => 'm' },
     'GET /v1/styles/x%2F,y/...;p=1;q=r%3B/x?d%5B%5D=1&d%5B%5D=2%26&e=3,4'
     . '&f=5%7C6&g%5Bh%5D=i&h=%7B%22j%22%3A%5B7%5D%7D&i=10 HTTP/1.0',
     { 'X-J' => '8,9', Cookie => 'k=l; l=m' });

sent('what is not given', 'styles', { a => ['x'], b => 'y', c => {} },
     'GET /v1/styles/x/.y/x?i=10 HTTP/1.0',
     { 'X-J' => undef, Cookie => undef });

sent('a form', 'form', { a => 'x y', b => ['1', '2'], c => { d => 1 },
                         d => { e => 'f' } },
     'POST /v1/form HTTP/1.0',
     { 'Content-Type' => 'application/x-www-form-urlencoded' },
     'a=x%20y&b=1&b=2&c=%7B%22d%22%3A1%7D&d%5Be%5D=f');

sent('a list', 'list', { body => [1, 2] }, 'POST /v1/list HTTP/1.0',
     { 'Content-Type' => 'application/json' }, '[1,2]');

sent('bytes', 'bytes', { body => 'AAECgA==' }, 'PUT /v1/bytes HTTP/1.0',
     { 'Content-Type' => 'application/octet-stream' }, "\0\1\2\x80");

sent('a name of method and path', 'delete_gone', {},
     'DELETE /v1/gone HTTP/1.0', {});


# parts

$r = $t->call('shop_upload', { file => 'iVBORw0K', meta => { a => 1 },
                               tags => ['x', 'y'] });
my $request = $b->request;

ok_result($r, 'parts: answered');

my ($boundary) = ($request->header('Content-Type') // '')
                 =~ /^multipart\/form-data; boundary="?([^"]+)"?$/;

ok($boundary, 'parts: boundary') or $boundary = '-';

my @parts = split /\r?\n?--\Q$boundary\E(?:--)?\r\n/, $request->body;

is(scalar @parts, 5, 'parts: how many');
like($parts[1], qr/^Content-Disposition: form-data; name="file".*\r\n(?x:
     )Content-Type: image\/png\r\n\r\n\x89PNG\r\n$/, 'parts: a file');
like($parts[2], qr/name="meta"\r\nContent-Type: application\/json\r\n\r\n(?x:
     )\{"a":1\}$/, 'parts: JSON');
like($parts[3], qr/name="tags"\r\n\r\nx$/, 'parts: an element');
like($parts[4], qr/name="tags"\r\n\r\ny$/, 'parts: another one');


# errors

$r = $t->call('shop_getOrder', { id => 'x' });
ok($r->result->{isError}, 'an argument of the wrong type');

$r = $t->call('shop_getOrder', { id => 1, nr => 2 });
ok($r->result->{isError}, 'an argument that there is not');

$r = $t->call('shop_getOrder', { id => 3 });
ok($r->result->{isError}, 'an error of the service');
like($r->result->{content}[0]{text}, qr/404.*no such/s, 'an error of the service: what it says');

$r = $t->call('shop_getOrder', { id => 2 });
ok($r->result->{isError}, 'an answer that the document forbids');
like($r->result->{content}[0]{text}, qr/does not allow: .* at \/number must/,
     'an answer that the document forbids: why');



# what an override says is not what the document does

$r = $t->call('getOrder', { id => 1 }, uri => '/text');
is($r->text, '{"number":1,"state":"open","parts":[{"number":2,'
   . '"state":"shipped"}]}', 'text instead of JSON');
is($r->result->{structuredContent}, undef, 'text instead of JSON: only');
is($t->rpc('tools/list', {}, uri => '/text')->result->{tools}[0]{outputSchema},
   undef, 'text instead of JSON: no schema');

$r = $t->call('getOrder', { id => 2 }, uri => '/text');
ok(!$r->result->{isError}, 'text that the schema of JSON forbids');


# what there is not

ok_error($t->call('shop_secret', {}), 200, -32602, 'what is excluded');
ok_error($t->call('shop_wrong', {}), 200, -32602, 'what is skipped');

is(join(' ', map { $_->target } $b->requests), '/v1/orders/3 /v1/orders/2 '
   . '/v1/orders/1 /v1/orders/2', 'nothing else was sent');

like($t->error_log, qr/\[error\].* mcp tool "shop_getOrder": the answer of the (?x:
     )service at \/number must/, 'an answer that the document forbids, said');
like($t->error_log, qr/\[warn\].*"GET \/wrong".* is skipped/, 'skipped, said');

finish();
