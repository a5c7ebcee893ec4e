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
    over error;
    stream off;
    cache public;
    include %%DIR%%/more.conf;
EOC
    files => { 'more.conf' => "#\n" });


# --- one mistake, in the line that says HERE

sub tool {
    my ($name, $inside, $re, %o) = @_;

    $inside =~ s/;/; # HERE\n/ if $inside !~ /HERE/;
    refused($name, location => "mcp_tool a {\ndescription a;\n$inside\n}", $re,
            server => $api, %o);
    return;
}

# all that is missing is noticed at the end of the block

sub unfinished {
    my ($name, $inside, $re, %o) = @_;
    refused($name, location => "mcp_tool a {\n$inside\n} # HERE\n", $re,
            server => $api, %o);
    return;
}

my $pass = "pass GET /api/a;\n";


# the block

refused('a name with a space', location => 'mcp_tool "a b" { # HERE
        }', qr/"a b": the name must be/);
refused('a name that is too long', location => 'mcp_tool ' . 'a' x 129
        . " { # HERE\n}", qr/the name must be 1 to 128/);
refused('no name', location => 'mcp_tool { }',
        qr/invalid number of arguments in "mcp_tool"/);
refused('two of a name', location => "mcp_tool a { description a; $pass }
        mcp_tool a { description b; $pass } # HERE",
        qr/tool "a": there is one of that name already, of \S*nginx.conf:\d+: give/,
        server => $api);
refused('two of a name, one of another file', location => "include
        %%DIR%%/a.conf; mcp_tool a { description b; $pass } # HERE",
        qr/tool "a": there is one of that name already, of \S*a\.conf:4: give/,
        server => $api,
        files => { 'a.conf' => "mcp_tool a {\ndescription a;\n$pass}\n" });
refused('a name that a pack has', server => "$api\nlocation /b {
        mcp; mcp_tools demo;
        mcp_tool add { description a; $pass } # HERE
        }", qr/duplicate tool "add" in a location: give/);
unfinished('no description', $pass, qr/"mcp_tool" .* needs a "description"/);
unfinished('no pass', 'description a;', qr/"mcp_tool" .* needs a "pass"/);
tool('an unknown word', 'colour red;',
     qr/unknown directive "colour" in "mcp_tool"/);
tool('an empty word', 'title "";', qr/"title" .* empty or not UTF-8/);
tool('a word that is not UTF-8', "title \"\xff\";", qr/"title" .* not UTF-8/);
tool('too many words', 'title a b;', qr/invalid number of arguments in "title"/);

tool("$_->[0] twice", "$_->[1]; $_->[1]; # HERE\n$pass",
     qr/"$_->[0]" directive is duplicate/)
    for [title => 'title b'], [icon => 'icon https://a/b'],
        [annotations => 'annotations read_only'], [result => 'result text'],
        [select => 'select /a'], [error => 'error a'], [timeout => 'timeout 1s'],
        [max_response => 'max_response 1k'], [over => 'over cut'],
        [stream => 'stream on'], [cache => 'cache public'],
        [body => 'body none'];

tool('an icon that is code', 'icon javascript:x;', qr/"icon" .*invalid URL/);
tool('an unknown annotation', 'annotations readonly;',
     qr/unknown annotation "readonly", expected read_only, idempotent/);
tool('an annotation twice', 'annotations read_only read_only;',
     qr/duplicate annotation "read_only"/);
tool('annotations that exclude each other', 'annotations read_only destructive;',
     qr/"read_only" and "destructive" at once/);


# arguments

tool('an argument without a type', 'arg a;',
     qr/invalid number of arguments in "arg"/);
tool('a name of an argument', 'arg "a b" string;', qr/invalid name "a b"/);
tool('a name with a slash', 'arg a/b string;', qr/invalid name "a\/b"/);
tool('an unknown type', 'arg a text;', qr/unknown type "text" of argument "a"/);
tool('an array of arrays', 'arg a string[][];', qr/unknown type "string\[\]\[\]"/);
tool('an argument twice', "arg a string;\narg a string; # HERE\n",
     qr/duplicate argument "a"/);
tool('an unknown option', 'arg a string maximum=3;',
     qr/invalid parameter "maximum=3", expected required, default=/);
tool('a help text in between', 'arg a string "which one" required;',
     qr/invalid parameter "which one"/);
tool('required twice', 'arg a string required required;',
     qr/duplicate "required"/);
tool('an option twice', 'arg a integer min=1 min=2;', qr/duplicate "min="/);
tool('an option without a value', 'arg a integer min=;', qr/empty "min="/);
tool('a quote inside', 'arg a string default="a b";',
     qr/a quote inside of "default="; .* quoted as a whole/);
tool('min of a string', 'arg a string min=1;',
     qr/"min=" goes with integer and number only/);
tool('a length of a number', 'arg a number max_length=1;',
     qr/"max_length=" goes with string only/);
tool('a pattern of a boolean', 'arg a boolean pattern=x;',
     qr/"pattern=" goes with string only/);
tool('enum of a boolean', 'arg a boolean enum=true;',
     qr/"enum=" goes with string, integer and number only/);
tool('min that is no number', 'arg a number min=one;',
     qr/invalid number in "min=one"/);
tool('min that is no integer', 'arg a integer min=1.5;',
     qr/invalid number in "min=1.5"/);
tool('a length that is negative', 'arg a string min_length=-1;',
     qr/invalid number in "min_length=-1"/);
tool('min over max', 'arg a number min=2 max=1.5;',
     qr/"min=2" is over "max=1.5"/);
tool('a pattern that is none', 'arg a string pattern=(;',
     qr/argument "a": .*pattern/);
tool('an empty value', 'arg a string enum=a||b;', qr/empty value in "enum="/);
tool('a value of another type', 'arg a integer enum=1|x;',
     qr/"x" in "enum=" is not of type integer/);
tool('a value twice', 'arg a integer enum=1|1.0;', qr/a value twice in "enum=1\|1.0"/);
tool('a default of another type', 'arg a boolean default=yes;',
     qr/"default=yes" is not of type boolean/);
tool('a default that is no array', 'arg a string[] default=a;',
     qr/"default=a" is not of type string\[\]: .*JSON array/);
tool('a default that is not allowed', 'arg a integer max=3 default=4;',
     qr/"default=4" breaks the rules of argument "a": /);
tool('a default of what is required', 'arg a string required default=x;',
     qr/argument "a" is required, so "default=" is never used/);
tool('a header of a number', 'arg a number mcp_header=A;',
     qr/"mcp_header=" goes with string, integer and boolean only/);
tool('a header of an array', 'arg a string[] mcp_header=A;',
     qr/"mcp_header=" does not go with an array/);
tool('a header that is none', 'arg a string mcp_header=A:;',
     qr/invalid "mcp_header=A:", expected/);
tool('a header twice', "arg a string mcp_header=A;\n"
     . "arg b string mcp_header=a; # HERE\n",
     qr/argument "b" has the same "mcp_header=" as "a"/);
tool('an argument that is never used', "arg b string; # HERE\n$pass",
     qr/argument "b" is never used: write "\{b\}"/);
tool('one of two that is never used',
     "arg a string;\narg b string; # HERE\npass DELETE '/api/{a}';",
     qr/argument "b" is never used/);
tool('an argument and another body', "arg b string; # HERE\n"
     . "pass POST /api/a; body none;", qr/argument "b" is never used/);
tool('an argument and a template', "arg b string; # HERE\n"
     . "pass POST /api/a; body '{}';", qr/argument "b" is never used/);


# schemas

my %files = (
    'ok.json'     => '{"type":"object","properties":{"id":{"type":"string"}}}',
    'type.json'   => '{"type":"string"}',
    'syntax.json' => "{\n",
    'schema.json' => '{"type":"object","properties":{"a":{"type":"strin"}}}',
    'remote.json' => '{"type":"object","$ref":"https://example.com/a"}',
    'value.json'  => '{"type":"object","required":["b"],"$defs":{"n":{'
                     . '"type":"integer","maximum":9}},"properties":{'
                     . '"a":{"$ref":"#/$defs/n","default":10},"b":{}}}',
);

accepted('a default in input', files => { 'a.json' => $files{'value.json'}
         =~ s/10/9/r }, server => $api, location => "mcp; mcp_tool a {
         description a; input a.json; pass POST /api/a; }");

tool('input that is missing', "input none.json;", qr/open\(\).* failed/);
tool('input that is a directory', "input .;", qr/is not a file of at most/);
tool('input that is no JSON', "input syntax.json;",
     qr/"\S*syntax.json": input schema.* not accepted as JSON/,
     files => \%files);
tool('input that is no object', "input type.json;",
     qr/"\S*type.json": input schema.* "type": "object"/, files => \%files);
tool('input that is no schema', "input schema.json;",
     qr/"\S*schema.json": input schema.*\/properties\/a/, files => \%files);
tool('input of elsewhere', "input remote.json;",
     qr/"\S*remote.json": input schema/, files => \%files);
tool('a default that input does not allow', "input value.json;",
     qr/"\S*value.json": a "default" breaks the schema at "\/a": must be <= 9/,
     files => \%files);
tool('input twice', "input ok.json;\ninput ok.json; # HERE\n",
     qr/"input" directive is duplicate/, files => \%files);
tool('input and arguments', "arg a string; # HERE\ninput ok.json; $pass",
     qr/"arg" and "input" do not go together/, files => \%files);
tool('input that is not used', "input ok.json; # HERE\n$pass",
     qr/argument "id" is never used/, files => \%files);
tool('an argument that input does not have',
     "input ok.json; pass GET '/api/{ID}'; # HERE\n",
     qr/unknown argument "ID" in "pass"/, files => \%files);
tool('output that is missing', "output none.json;", qr/open\(\).* failed/);
tool('output that is no schema', "output schema.json;",
     qr/"\S*schema.json": output schema/, files => \%files);
tool("output and $_", "output ok.json; # HERE\nresult $_; $pass",
     qr/"output" does not go with "result $_"/, files => \%files)
    for qw(text blob);
tool('output of HEAD', "output ok.json; # HERE\npass HEAD /api/a;",
     qr/"output" does not go with HEAD/, files => \%files);
accepted('output of several', files => \%files, server => $api,
         location => 'mcp; mcp_tool a { description a; output ok.json;
         pass a GET /api/a; result text; pass b HEAD /api/b; }');


# passes

tool('a pass without a URI', 'pass GET;',
     qr/invalid number of arguments in "pass"/);
tool('a named pass without a URI', 'pass a GET;',
     qr/"pass" directive needs a URI/);
tool('an unknown method', 'pass get /api/a;', qr/unknown method "get"/);
tool('a method that is none', 'pass TRACE /api/a;', qr/unknown method "TRACE"/);
tool('no method', 'pass /api/a b;', qr/unknown method "\/api\/a"/);
tool('a URI with a host', 'pass GET http://example.com/;',
     qr/invalid URI "http:.* in "pass": /);
tool('a template that does not end', 'pass GET "/api/{a";',
     qr/invalid URI "\/api\/\{a" in "pass": /);
tool('a variable in a URI', "arg a string; pass GET '/api/\${a}'; # HERE\n",
     qr/invalid URI "\/api\/\$\{a\}" in "pass": it has no variables/);
tool('an empty template', 'pass GET "/api/{}";', qr/invalid URI/);
tool('an unknown argument', 'pass GET "/api/{a}";',
     qr/unknown argument "a" in "pass": neither/);
tool('an unknown argument in the query', 'pass GET "/api/a{?a}";',
     qr/unknown argument "a" in "pass"/);
tool('an unknown argument after the URI', 'pass GET /api/a a;',
     qr/unknown argument "a" in "pass"/);
tool('an argument in another case',
     "arg a string; pass GET '/api/{A}'; # HERE\n",
     qr/unknown argument "A" in "pass"/);
tool('an argument twice in the query', "arg a string;\n"
     . "pass GET /api/a a a; # HERE\n", qr/"a" is twice in the query/);
tool('an argument in the template and behind it', "arg a string;\n"
     . "pass GET '/api/a{?a}' a; # HERE\n", qr/"a" is twice in the query/);
tool('an argument beside a value that is written', "arg a string;\n"
     . "pass GET '/api/a?b=1&a=2{&a}'; # HERE\n",
     qr/"a" is in the query of a "pass" that has "a=" already; leave one/);
tool('an argument behind the same written otherwise', "arg a string;\n"
     . "pass GET '/api/a?%61=2' a; # HERE\n", qr/has "a=" already/);
tool('a NUL in a URI', 'pass GET /api/a%00;', qr/"%00" is NUL, which no/);
tool('a dot segment with encoded slashes', 'pass GET /api/%2e%2e%2fa;',
     qr/it has a dot segment/);
tool('a name that is none', 'pass a-b GET /api/a;', qr/invalid name "a-b" of a/);
tool('a name twice', "pass a GET /api/a;\npass a GET /api/b; # HERE\n",
     qr/duplicate name "a" of a "pass"/);
tool('several without a name', "pass a GET /api/a;\npass GET /api/b; # HERE\n",
     qr/a "pass" of several needs a name: "pass NAME GET/);
tool('optional without a name', 'pass GET /api/a optional;',
     qr/"optional" needs a name/);
tool('a name that an argument has',
     "arg a string; pass a GET '/api/{a}'; # HERE\n",
     qr/"a" is the name of a "pass" and of an argument/);
tool('an answer of later', "pass a GET '/api/{b/id}'; # HERE\n"
     . 'pass b GET /api/b;', qr/"\{b\}" in "pass" is the answer .* not made/);
tool('its own answer', "pass a GET '/api/{a/id}'; # HERE\n",
     qr/"\{a\}" in "pass" is the answer .* not made/);
tool('too many', join("\n", map { "pass a$_ GET /api/a;" } 1 .. 16)
     . "\npass a17 GET /api/a; # HERE\n", qr/more than 16 "pass"/);


# words of a pass

tool('a body of GET', 'pass GET /api/a; body json; # HERE',
     qr/a request with method GET has no body/);
tool('an unknown argument in a body', "pass POST /api/a;\n"
     . "body '{\"a\":{b}}'; # HERE\n", qr/unknown argument "b" in "body"/);
tool('a text that does not end', "pass POST /api/a;\nbody 'a {'; # HERE\n",
     qr/invalid text in "body": /);
tool('a result that is none', 'result xml;', qr/"result" .* must be "auto"/);
tool('a pointer that is none', 'select a;', qr/"select" .* begins with "\/"/);
tool('a pointer with a tilde', 'select /a~b;', qr/"select" .* neither "~0"/);
tool('a part of a text', "result text; select /a; # HERE\n$pass",
     qr/does not go with "result text"/);
tool('an error that does not end', 'error "a {b";',
     qr/invalid text in "error": /);
tool('an error with a pointer that is none', 'error "{/a}";',
     qr/invalid pointer "\/a" in "error": .* without its first "\/"/);
tool('an error with a tilde', 'error "{a~b}";',
     qr/invalid pointer "a~b" in "error": .*"~0" nor "~1"/);
tool('a part of an answer with a tilde', "pass a GET /api/a;\n"
     . 'header X-A "{a/b~c}"; # HERE' . "\n",
     qr/invalid pointer "a\/b~c" in "header": /);
tool('a timeout that is none', 'timeout soon;', qr/"timeout" .*invalid time/);
tool('a timeout of nothing', 'timeout 0;', qr/"timeout" .*invalid time/);
tool('a size that is none', 'max_response x;', qr/"max_response" .*invalid size/);
tool('a size of nothing', 'max_response 0;', qr/"max_response" .*invalid size/);
tool('over that is none', 'over drop;', qr/"over" .* must be "cut" or "error"/);
tool('stream that is none', 'stream yes;', qr/"stream" .* must be "on" or/);
tool('stream of several',
     "pass a GET /api/a;\nstream on; # HERE\npass b GET /api/b;",
     qr/"stream on" goes with the only "pass"/);
tool('a part of JSON', "over cut; # HERE\nresult json; $pass",
     qr/"over cut" does not go with "result json"/);
tool('a part of a part', "over cut; # HERE\nselect /a; $pass",
     qr/"over cut" does not go with/);
tool('stream of one with a name',
     "stream on; # HERE\npass a GET /api/a;",
     qr/"stream on" goes with the only "pass", which has no name/);
tool('stream of bytes', "stream on; # HERE\nresult blob; $pass",
     qr/"stream on" does not go with "result blob"/);
tool('cache that is none', 'cache on;', qr/"cache" .* must be "public" or/);

tool('a header without a value', 'header X-A;',
     qr/invalid number of arguments in "header"/);
tool('a header that is a line', 'header X:A b;', qr/invalid name "X:A"/);
tool("a header $_", "header $_ b;", qr/header "$_" is made by nginx/)
    for qw(Host content-length Transfer-Encoding Connection TE Upgrade);
tool('a header with two lines', "header X-A \"a\nb\"; # HERE",
     qr/control character in the value of a header/);
tool('a header said twice', "header X-A b; header x-a c; # HERE\n",
     qr/duplicate header "x-a"/);
tool('a header that does not end', 'header X-A "a {b";',
     qr/invalid value of a header: /);
tool('an unknown argument in a header', "header X-A '{b}'; # HERE\n$pass",
     qr/unknown argument "b" in "header"/);
tool('a variable that is none', 'header X-A "$";', qr/invalid variable name/);
tool('an unknown variable', "header X-A \$nothing; # HERE\n$pass",
     qr/unknown variable "nothing" in "header"/);
tool('a type that is not plain', "header Content-Type \$http_a;",
     qr/"Content-Type" must be plain text/);
tool('a type of no body', "$pass header Content-Type text/plain; # HERE\n",
     qr/"Content-Type" of a GET request that has no body/);
tool('a body that is no JSON', "pass POST /api/a;\nbody '{\"a\":}'; # HERE\n",
     qr/"body" is not JSON: /);


# locations

tool('no location', 'pass GET /apj/a;',
     qr/no location of server "\S*" matches "\/apj\/a" in .* tool "a": add/);
tool('no location of a template', "arg v string;\n"
     . "pass GET '/ap/{v}'; # HERE\n", qr/no location .* matches "\/ap\/"/);
tool('the second has none', "pass a GET /api/a;\npass b GET /b; # HERE\n",
     qr/no location .* matches "\/b"/);
tool('the endpoint itself', 'pass GET /mcp;',
     qr/"\/mcp" in .* leads to location "\/mcp", which is an MCP endpoint/);
refused('the endpoint as a prefix', server => 'location / {
        mcp;
        mcp_tool a {
        description a; arg v string;
        pass GET "/a/{v}"; # HERE
        } }', qr/"\/a\/" in .* leads to location "\/", which is an MCP/);
refused('no location in one of two servers', http => "mcp_tool a {
        description a; pass GET /api/a; # HERE
        }
        server { $api location / { mcp; } }
        server { server_name other; location /mcp { mcp; } }",
        qr/no location of server "other" matches/);


# where a pass may lead

sub leads {
    my ($name, $uri, $locations) = @_;
    accepted("leads: $name", server => $locations, location => "mcp; mcp_tool a
        { description a; arg v string; pass GET '$uri' " . ($uri =~ /\{/ ? ''
        : 'v') . '; }');
    return;
}

sub misleads {
    my ($name, $uri, $locations, $re) = @_;
    refused("misleads: $name", location => "mcp_tool a {
        description a; arg v string;
        pass GET '$uri'" . ($uri =~ /\{/ ? '' : ' v') . "; # HERE
        }", $re, server => $locations);
    return;
}

my $none = qr/no location of server/;
my $endpoint = qr/which is an MCP endpoint/;

leads('an exact one', '/a', 'location = /a { return 204; }');
leads('an exact one with a query', '/a?x=1', 'location = /a { return 204; }');
leads('a query that is a value', '/a{?v}', 'location = /a { return 204; }');
leads('one that values may lead to', '/a/{v}',
      'location /a/b { return 204; }');
leads('an exact one that values may lead to', '/a/{v}',
      'location = /a/b { return 204; }');
leads('a regular expression', '/a/b.json', 'location ~ json$ { return 204; }');
leads('one that may fit', '/a/{v}', 'location ~ json$ { return 204; }');
leads('a nested one', '/a/b', 'location / { mcp;
      location /a/ { return 204; } }');
leads('a nested expression', '/a/b', 'location / { mcp;
      location ~ b$ { return 204; } }');
leads('the longest', '/a/b', 'location / { mcp; }
      location /a { mcp; location ~ ^/x { return 204; } }
      location /a/ { return 204; }');
leads('one without expressions', '/a/b', 'location ^~ /a/ { return 204; }
      location ~ b$ { mcp; }');
leads('an exact one before expressions', '/a/b', 'location ~ b$ { mcp; }
      location = /a/b { return 204; }');
leads('everything', '/{v}', 'location / { return 204; }');
leads('a value right behind', '/a{v}', 'location /ab { return 204; }');

misleads('a part of a name', '/a', 'location /ab { return 204; }', $none);
misleads('exact, and not it', '/a/b', 'location = /a { return 204; }', $none);
misleads('exact, and a value', '/a/{v}', 'location = /a { return 204; }',
         $none);
misleads('another expression', '/a/b', 'location ~ json$ { return 204; }',
         $none);
misleads('a named one', '/a', 'location @a { return 204; }', $none);
misleads('the endpoint by an expression', '/a/b', 'location ~ b$ { mcp; }
         location /a/ { return 204; }', $endpoint);
misleads('the longest is the endpoint', '/a/b/{v}',
         'location /a/ { return 204; } location /a/b/ { mcp; }', $endpoint);
misleads('expressions that are not asked', '/a/{v}',
         'location ^~ /a/ { mcp; } location ~ json$ { return 204; }',
         $endpoint);
misleads('a nested one that is not asked', '/a/b', 'location /a/ {
         location ~ b$ { return 204; } } location /a/b { mcp; }', $endpoint);

done_testing();
